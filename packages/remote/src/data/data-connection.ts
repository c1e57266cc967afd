// One connection to a data server. Requests follow each other, and the system writes the bytes of an answer into the memory of
// that answer, without a buffer between:
//
//   the socket ──► 16 KiB for heads, and for bodies that wait for room
//              └─► the memory of the answer
import { isIP, connect as connectPlain, type OnReadOpts, type Socket } from 'node:net';
import { connect as connectSecure } from 'node:tls';
import { type AnswerHead, answerHeadIn, noAnswer } from './answer-head.ts';
import type { DataAddress } from './data-address.ts';
import type { DataTls } from './data-tls.ts';

/** The memory of a body. */
export interface BodyMemory {
  /** The memory of the bytes that have not come; empty when the body is whole. */
  free(): Uint8Array;
  /** Says how many bytes have come into `free`. May throw, which ends the connection. */
  advance(bytes: number): void;
}

/** The side that has asked. After `onWhole` or `onFailed` nothing more is called. */
export interface Asking {
  /** Bytes have come. */
  onBytes(): void;
  /** The head of the answer has come: the body is read when `DataConnection.readInto` says where to. */
  onHead(status: number, sizeBytes: number): void;
  /** The body is whole. */
  onWhole(): void;
  onFailed(error: Error): void;
}

/** Heads, and the first bytes of bodies. */
const HEAD_BYTES = 16_384;
const KEEP_ALIVE_MS = 1_000;

/** A connection, which connects at once. */
export class DataConnection {
  readonly #socket: Socket;
  readonly #onEnd: (connection: DataConnection) => void;
  #head = Buffer.allocUnsafeSlow(HEAD_BYTES);
  /** The bytes in `#head` that nobody has taken: from here, up to here. */
  #from = 0;
  #filled = 0;
  #asking: Asking | undefined;
  /** Known when the head has come. */
  #answer: AnswerHead | undefined;
  #body: BodyMemory | undefined;
  #leftBytes = 0;
  /** True: the bytes of the present read come into the memory of the body. */
  #isIntoBody = false;
  #isPaused = false;
  #isKept = true;

  /** @param onEnd Called once, when the connection serves no further request. */
  constructor(
    { host, port }: DataAddress,
    tls: DataTls | undefined,
    onEnd: (connection: DataConnection) => void,
  ) {
    this.#onEnd = onEnd;
    // The declaration knows only one buffer for all reads; Node also asks for a buffer before each read.
    const onread = {
      buffer: () => this.#nextMemory(),
      callback: (bytes: number) => this.#onRead(bytes),
    } as unknown as OnReadOpts;
    const options = {
      host,
      port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_MS,
      onread,
    };
    this.#socket =
      tls === undefined
        ? connectPlain(options)
        : connectSecure({ ...options, ...tls, ...(isIP(host) === 0 ? { servername: host } : {}) });
    this.#socket.on('error', (error) => this.#fail(error));
    this.#socket.once('end', () => this.#fail(new Error('the connection ended before the answer')));
    this.#socket.once('close', () => {
      this.#fail(new Error('the connection ended before the answer'));
      this.#onEnd(this);
    });
    // Flowing, or the end would not be told.
    this.#socket.resume();
  }

  /** True: the next request may be sent. */
  get isFree(): boolean {
    return this.#isKept && this.#asking === undefined && !this.#socket.destroyed;
  }

  /** Sends a request. The connection must be free. */
  ask(request: Uint8Array, asking: Asking): void {
    this.#asking = asking;
    this.#socket.ref();
    this.#socket.write(request);
  }

  /** Reads the body of the answer, whose head has come. */
  readInto(body: BodyMemory): void {
    this.#body = body;
    this.#drain();
    if (!this.#isPaused || this.#socket.destroyed) return;
    this.#isPaused = false;
    this.#socket.resume();
  }

  /** Ends the connection; a request under way fails. May be repeated. */
  destroy(error?: Error): void {
    this.#fail(error ?? new Error('the connection was closed'));
  }

  /** The memory of the next read. */
  #nextMemory(): Uint8Array {
    this.#isIntoBody = this.#body !== undefined && this.#leftBytes > 0;
    if (this.#isIntoBody && this.#body !== undefined) return this.#body.free();
    if (this.#from === this.#filled) this.#clearHead();
    else if (this.#filled === this.#head.byteLength) this.#growHead();
    return this.#head.subarray(this.#filled);
  }

  #clearHead(): void {
    this.#from = this.#filled = 0;
    if (this.#head.byteLength > HEAD_BYTES) this.#head = Buffer.allocUnsafeSlow(HEAD_BYTES);
  }

  /** TLS passes on what it has deciphered after the socket was paused, too: at most what one read of the system brings. */
  #growHead(): void {
    const grown = Buffer.allocUnsafeSlow(2 * this.#head.byteLength);
    grown.set(this.#head);
    this.#head = grown;
  }

  /** Takes the bytes of a read. Returns false when nothing shall be read for now. */
  #onRead(bytes: number): boolean {
    if (this.#socket.destroyed) return false;
    this.#asking?.onBytes();
    if (this.#isIntoBody) {
      if (this.#advance(bytes) && this.#leftBytes === 0) this.#whole();
      return true;
    }
    this.#filled += bytes;
    this.#takeHead();
    if (this.#body !== undefined) this.#drain();
    this.#isPaused = this.#filled >= HEAD_BYTES && this.#from < this.#filled;
    return !this.#isPaused;
  }

  #takeHead(): void {
    while (this.#asking !== undefined && this.#answer === undefined && this.#from < this.#filled) {
      const head = this.#nextHead();
      if (head === undefined) return;
      this.#from = head.end;
      if (head.sizeBytes === undefined) continue;
      this.#answer = head;
      this.#leftBytes = head.sizeBytes;
      this.#asking.onHead(head.status, head.sizeBytes);
    }
    if (this.#asking === undefined && this.#from < this.#filled) this.#fail(noAnswer('nobody has asked'));
  }

  #nextHead(): AnswerHead | undefined {
    try {
      const head = answerHeadIn(this.#head.subarray(0, this.#filled), this.#from);
      if (head === undefined && this.#filled >= HEAD_BYTES) throw noAnswer('its head is too long');
      return head;
    } catch (error) {
      this.#fail(error as Error);
      return undefined;
    }
  }

  /** Moves the first bytes of a body to their place. */
  #drain(): void {
    const bytes = Math.min(this.#filled - this.#from, this.#leftBytes);
    if (bytes > 0) {
      this.#body?.free().set(this.#head.subarray(this.#from, this.#from + bytes));
      this.#from += bytes;
      if (!this.#advance(bytes)) return;
    }
    if (this.#leftBytes === 0) this.#whole();
  }

  /** Returns false when the body refuses its bytes. */
  #advance(bytes: number): boolean {
    this.#leftBytes -= bytes;
    try {
      this.#body?.advance(bytes);
      return true;
    } catch (error) {
      this.#fail(error as Error);
      return false;
    }
  }

  #whole(): void {
    const asking = this.#asking;
    this.#isKept = this.#answer?.isKept === true && this.#from === this.#filled;
    this.#asking = undefined;
    this.#answer = undefined;
    this.#body = undefined;
    // An idle connection does not keep the process alive.
    if (this.#isKept) this.#socket.unref();
    else this.#socket.destroy();
    asking?.onWhole();
  }

  #fail(error: Error): void {
    const asking = this.#asking;
    this.#asking = undefined;
    this.#isKept = false;
    this.#socket.destroy();
    asking?.onFailed(error);
  }
}
