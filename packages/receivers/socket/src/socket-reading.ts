// One connection and its reading. The socket's events come in, records go out:
//
//   'data' ──► decoder ──pieces──► store ──true──► next chunk
//                                    └──false──► pause the socket, await ready(), store the rest, resume
//
// While the socket is paused its buffers fill and TCP holds the peer back: nothing grows here. Every end of the reading
// (by the peer, an error, a timer, a too long record, the engine) goes through `#finish` or `close`, once.
import type { Socket } from 'node:net';
import type { ReceiverContext, Timer } from '@millrace/core';
import { isConnectedToItself } from './connect-to.ts';
import type { SocketConnectionOptions } from './socket-connection.options.ts';
import type { SocketDecoder } from './socket-decoder.ts';
import { socketError } from './socket-errors.ts';

/** Collaborators of a `SocketReading`. */
export interface SocketReadingDeps<T, P> {
  /** A connecting socket. The reading owns the socket from now on. */
  readonly socket: Socket;
  /** True for a TLS socket: no byte before its handshake comes from the peer. */
  readonly isSecure: boolean;
  readonly context: ReceiverContext<T>;
  readonly options: SocketConnectionOptions;
  /** Host and port, for messages. */
  readonly address: string;
  readonly decoder: SocketDecoder<P>;
}

/** Reads one connection from before it is established until it is closed. */
export class SocketReading<T, P> {
  readonly #socket: Socket;
  readonly #context: ReceiverContext<T>;
  readonly #options: SocketConnectionOptions;
  readonly #address: string;
  readonly #decoder: SocketDecoder<P>;
  /** Limits the time of connecting first, and of silence later. */
  #timer: Timer | undefined;
  #isConnected = false;
  readonly #established = Promise.withResolvers<void>();
  #hasHeardPeer = false;
  /** Set while the engine requests a wait; settles when all received pieces are stored. */
  #held: Promise<void> | undefined;
  #isOver = false;

  constructor({ socket, isSecure, context, options, address, decoder }: SocketReadingDeps<T, P>) {
    this.#socket = socket;
    this.#context = context;
    this.#options = options;
    this.#address = address;
    this.#decoder = decoder;
    this.#timer = this.#callAfter(options.connectTimeoutMs, () => this.#onConnectTimeout());
    socket.once('connect', () => this.#onConnect(isSecure));
    if (isSecure) socket.once('secureConnect', () => this.#onEstablished());
    socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    socket.once('end', () => void this.#onEnd());
    // Stays registered: an error after the end is irrelevant, but without a listener the error ends the process.
    socket.on('error', (error) => void this.#onError(error));
  }

  /** Resolves when the connection stands, or when the reading is over. Never rejects. */
  get established(): Promise<void> {
    return this.#established.promise;
  }

  /** Releases the connection. Resolves when the connection is closed; may be repeated. */
  async close(): Promise<void> {
    if (!this.#isOver) this.#logWhatIsLeft();
    this.#endReading();
    if (this.#socket.closed) return;
    await new Promise<void>((resolve) => this.#socket.once('close', () => resolve()));
  }

  #onConnect(isSecure: boolean): void {
    if (isConnectedToItself(this.#socket)) {
      const message = `could not connect to ${this.#address}: nobody listens there, the connection was one with itself`;
      this.#restart(message, socketError('MR_SOCKET_CONNECT_FAILED', message));
    } else if (!isSecure) this.#onEstablished();
  }

  #onEstablished(): void {
    this.#isConnected = true;
    this.#established.resolve();
    this.#timer?.cancel();
    this.#context.log.info('receiver connected', { address: this.#address });
    this.#watchSilence();
  }

  #onData(chunk: Buffer): void {
    // A socket that was closed in the middle still delivers its buffered bytes.
    if (this.#isOver) return;
    this.#hasHeardPeer = true;
    const rest = this.#storeUntilHeld(this.#decoder.push(chunk));
    if (rest !== undefined) this.#held = this.#storeRest(rest);
  }

  async #onEnd(): Promise<void> {
    await this.#held;
    if (this.#isOver) return;
    this.#storeUntilHeld(this.#decoder.end());
    if (this.#isOver) return;
    this.#reportUnfinished();
    const message = `the stream of ${this.#address} ended`;
    if (this.#options.onEnd === 'stop') this.#finish(() => this.#context.stop(message));
    else this.#restart(message, socketError('MR_SOCKET_ENDED', message));
  }

  async #onError(cause: Error): Promise<void> {
    await this.#held;
    if (this.#isOver) return;
    if (!this.#isConnected) {
      const message = `could not connect to ${this.#address}: ${describe(cause)}`;
      return this.#restart(message, socketError('MR_SOCKET_CONNECT_FAILED', message, { cause }));
    }
    this.#reportUnfinished();
    const message = `lost the connection to ${this.#address}: ${describe(cause)}`;
    this.#restart(message, socketError('MR_SOCKET_LOST', message, { cause }));
  }

  #onConnectTimeout(): void {
    const message = `no connection to ${this.#address} within ${this.#options.connectTimeoutMs} ms`;
    this.#restart(message, socketError('MR_SOCKET_CONNECT_TIMEOUT', message));
  }

  /**
   * Checks from time to time whether any bytes came, at no cost per chunk. A peer that the receiver holds back may be
   * silent.
   */
  #watchSilence(): void {
    const { idleTimeoutMs } = this.#options;
    if (idleTimeoutMs === 0) return;
    this.#timer = this.#callAfter(idleTimeoutMs, () => {
      const isAlive = this.#hasHeardPeer || this.#held !== undefined;
      this.#hasHeardPeer = false;
      if (isAlive) return this.#watchSilence();
      this.#reportUnfinished();
      const message = `nothing came from ${this.#address} for ${idleTimeoutMs} ms`;
      this.#restart(message, socketError('MR_SOCKET_IDLE', message));
    });
  }

  /**
   * Stores until the engine requests a wait. Returns the remaining pieces, possibly none; undefined when the engine
   * accepts more.
   */
  #storeUntilHeld(pieces: readonly P[]): readonly P[] | undefined {
    try {
      for (const [index, piece] of pieces.entries()) {
        const answer = this.#decoder.store(piece);
        if (answer === false) return pieces.slice(index + 1);
        if (answer === true) continue;
        this.#finish(() => this.#context.stop(answer.message, answer));
        break;
      }
    } catch (error) {
      this.#onStoreFailed(error);
    }
    return undefined;
  }

  /** Holds the peer back until the pieces are stored and the engine accepts more. */
  async #storeRest(pieces: readonly P[]): Promise<void> {
    this.#socket.pause();
    try {
      let rest: readonly P[] | undefined = pieces;
      while (rest !== undefined) {
        await this.#context.ready();
        rest = this.#storeUntilHeld(rest);
      }
    } catch (error) {
      this.#onStoreFailed(error);
    }
    this.#held = undefined;
    if (!this.#isOver && !this.#context.signal.aborted) this.#socket.resume();
  }

  /**
   * Storing and waiting fail when the receiver is stopped meanwhile, which the engine knows already; other failures are
   * unexpected.
   */
  #onStoreFailed(error: unknown): void {
    if (this.#context.signal.aborted) return;
    this.#restart(`could not store what ${this.#address} sent`, error);
  }

  /** The engine stops a receiver at any moment; bytes still carried by TCP are not read. */
  #logWhatIsLeft(): void {
    const { heldBytes } = this.#decoder;
    const isHeld = this.#held !== undefined;
    if (heldBytes === 0 && !isHeld) return;
    this.#context.log.info('receiver stopped during its input', {
      address: this.#address,
      heldBytes,
      isHeld,
    });
  }

  #reportUnfinished(): void {
    if (this.#decoder.heldBytes === 0) return;
    const error = this.#decoder.unfinished(this.#address);
    this.#context.reportError(error.message, error);
  }

  #restart(message: string, error: unknown): void {
    this.#finish(() => this.#context.restart(message, error));
  }

  /** Ends the reading once, in spite of any later failure. */
  #finish(tellEngine: () => void): void {
    if (this.#isOver) return;
    this.#endReading();
    tellEngine();
  }

  #endReading(): void {
    this.#isOver = true;
    this.#established.resolve();
    this.#timer?.cancel();
    this.#decoder.flush();
    this.#socket.destroy();
  }

  #callAfter(delayMs: number, callback: () => void): Timer {
    const { clock } = this.#context;
    return clock.after(delayMs, callback);
  }
}

/** Several addresses that all refuse come as one error without a text of its own. */
function describe(error: Error): string {
  if (error.message !== '') return error.message;
  return error instanceof AggregateError ? error.errors.map(String).join('; ') : error.name;
}
