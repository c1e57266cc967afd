// One connection and what is read from it. The socket's events come in, records go out:
//
//   'data' ──► decoder ──pieces──► store ──true──► next chunk
//                                    └──false──► pause the socket, await ready(), store the rest, resume
//
// While the socket is paused its buffers fill and TCP holds the peer back: nothing here grows. Whatever ends the
// reading (the peer, an error, a timer, a record that is too long, the engine) goes through `#finish` or `close`, once.
import type { Socket } from 'node:net';
import type { ReceiverContext, Timer } from '@millrace/core';
import { isConnectedToItself } from './connect-to.ts';
import type { SocketConnectionOptions } from './socket-connection.options.ts';
import type { SocketDecoder } from './socket-decoder.ts';
import { socketError } from './socket-errors.ts';

/** What a `SocketReading` takes. */
export interface SocketReadingDeps<T, P> {
  /** A socket that is being connected. The reading owns it from now on. */
  readonly socket: Socket;
  /** Whether it is a TLS socket: nothing is the peer's before its handshake. */
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
  /** Waits for the connection first, for a silent peer later. */
  #timer: Timer | undefined;
  #isConnected = false;
  #hasHeardPeer = false;
  /** Set while storing is unwelcome; settles when everything that came is stored. */
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
    // Stays for good: an error that comes after the end is of no interest, but without a listener it ends the process.
    socket.on('error', (error) => void this.#onError(error));
  }

  /** Gives the connection back. Resolves when it is closed; may be repeated. */
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
    this.#timer?.cancel();
    this.#context.log.info('receiver connected', { address: this.#address });
    this.#watchSilence();
  }

  #onData(chunk: Buffer): void {
    // A socket that was closed in the middle still hands over what it had buffered.
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

  /** Looks now and then whether anything came, which costs nothing per chunk. A peer that we hold back may be silent. */
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

  /** Stores until told to wait. Answers what is then left, maybe nothing; undefined when more is welcome. */
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

  /** Holds the peer back until the pieces are stored and more is welcome. */
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

  /** Storing and waiting fail when the receiver is stopped meanwhile, which is no news; else they should not. */
  #onStoreFailed(error: unknown): void {
    if (this.#context.signal.aborted) return;
    this.#restart(`could not store what ${this.#address} sent`, error);
  }

  /** The engine stops a receiver at any moment; what TCP still carries then is not read. */
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

  /** Ends the reading once, whatever else goes wrong afterwards. */
  #finish(tellEngine: () => void): void {
    if (this.#isOver) return;
    this.#endReading();
    tellEngine();
  }

  #endReading(): void {
    this.#isOver = true;
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
