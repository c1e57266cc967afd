// One connection and what is read from it. The socket's events come in, lines go out:
//
//   'data' ──► LineCutter ──pieces──► storeText ──true──► next chunk
//                                        └──false──► pause the socket, await ready(), store the rest, resume
//
// While the socket is paused its buffers fill and TCP holds the peer back: nothing here grows. Whatever ends the
// reading (the peer, an error, a timer, a long line, the engine) goes through `#finish` or `close`, once.
import type { Socket } from 'node:net';
import { LineCutter } from '@millrace/core';
import type { ReceiverContext, TextPiece, Timer } from '@millrace/core';
import { SkippedLinesReport } from './skipped-lines-report.ts';
import { socketError } from './socket-errors.ts';
import type { SocketTextOptions } from './socket-text.options.ts';

/** What a `SocketReading` takes. */
export interface SocketReadingParts {
  /** A socket that is being connected. The reading owns it from now on. */
  readonly socket: Socket;
  readonly context: ReceiverContext<string>;
  readonly options: SocketTextOptions;
}

/** Reads one connection from before it is established until it is closed. */
export class SocketReading {
  readonly #socket: Socket;
  readonly #context: ReceiverContext<string>;
  readonly #options: SocketTextOptions;
  readonly #address: string;
  readonly #cutter: LineCutter;
  readonly #skipped: SkippedLinesReport;
  /** Waits for the connection first, for a silent peer later. */
  #timer: Timer | undefined;
  #isConnected = false;
  #hasHeardPeer = false;
  /** Set while storing is unwelcome; settles when everything that came is stored. */
  #held: Promise<void> | undefined;
  #isOver = false;

  constructor({ socket, context, options }: SocketReadingParts) {
    this.#socket = socket;
    this.#context = context;
    this.#options = options;
    this.#address = `${options.host}:${options.port}`;
    this.#cutter = new LineCutter(options);
    this.#skipped = new SkippedLinesReport(context, options.maxLineBytes);
    this.#timer = this.#callAfter(options.connectTimeoutMs, () => this.#onConnectTimeout());
    socket.once('connect', () => this.#onConnect());
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

  #onConnect(): void {
    this.#isConnected = true;
    this.#timer?.cancel();
    this.#context.log.info('receiver connected', { address: this.#address });
    this.#watchSilence();
  }

  #onData(chunk: Buffer): void {
    // A socket that was closed in the middle still hands over what it had buffered.
    if (this.#isOver) return;
    this.#hasHeardPeer = true;
    const rest = this.#storeUntilHeld(this.#cutter.push(chunk));
    if (rest !== undefined) this.#held = this.#storeRest(rest);
  }

  async #onEnd(): Promise<void> {
    await this.#held;
    if (this.#isOver) return;
    // What follows the last line end is a line too: a peer that forgets the last line end loses nothing.
    this.#storeUntilHeld(this.#cutter.end());
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
    this.#reportUnfinishedLine();
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
      this.#reportUnfinishedLine();
      const message = `nothing came from ${this.#address} for ${idleTimeoutMs} ms`;
      this.#restart(message, socketError('MR_SOCKET_IDLE', message));
    });
  }

  /** Stores until told to wait. Answers what is then left, maybe nothing; undefined when more is welcome. */
  #storeUntilHeld(pieces: readonly TextPiece[]): readonly TextPiece[] | undefined {
    try {
      for (const [index, piece] of pieces.entries()) {
        if (piece.kind === 'lines') {
          if (!this.#context.storeText(piece.bytes, piece.lineCount)) return pieces.slice(index + 1);
        } else if (this.#options.onLongLine === 'skip') {
          this.#skipped.add();
        } else {
          this.#stopAtLongLine();
          break;
        }
      }
    } catch (error) {
      this.#onStoreFailed(error);
    }
    return undefined;
  }

  /** Holds the peer back until the pieces are stored and more is welcome. */
  async #storeRest(pieces: readonly TextPiece[]): Promise<void> {
    this.#socket.pause();
    try {
      let rest: readonly TextPiece[] | undefined = pieces;
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

  #stopAtLongLine(): void {
    const { maxLineBytes } = this.#options;
    const message = `expected lines of at most ${maxLineBytes} bytes, ${this.#address} sent a longer one`;
    const error = socketError('MR_SOCKET_LONG_LINE', message, { details: { maxLineBytes } });
    this.#finish(() => this.#context.stop(message, error));
  }

  /** Storing and waiting fail when the receiver is stopped meanwhile, which is no news; else they should not. */
  #onStoreFailed(error: unknown): void {
    if (this.#context.signal.aborted) return;
    this.#restart(`could not store what ${this.#address} sent`, error);
  }

  /** The engine stops a receiver at any moment; what TCP still carries then is not read. */
  #logWhatIsLeft(): void {
    const { heldBytes } = this.#cutter;
    const isHeld = this.#held !== undefined;
    if (heldBytes === 0 && !isHeld) return;
    this.#context.log.info('receiver stopped amid its input', { address: this.#address, heldBytes, isHeld });
  }

  #reportUnfinishedLine(): void {
    const { heldBytes } = this.#cutter;
    if (heldBytes === 0) return;
    const message = `the stream of ${this.#address} broke inside a line, ${heldBytes} bytes of it were left out`;
    this.#context.reportError(
      message,
      socketError('MR_SOCKET_UNFINISHED_LINE', message, { details: { heldBytes } }),
    );
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
    this.#skipped.flush();
    this.#socket.destroy();
  }

  #callAfter(delayMs: number, callback: () => void): Timer {
    const { clock } = this.#context;
    return clock.schedule(clock.now() + delayMs, callback);
  }
}

/** Several addresses that all refuse come as one error without a text of its own. */
function describe(error: Error): string {
  if (error.message !== '') return error.message;
  return error instanceof AggregateError ? error.errors.map(String).join('; ') : error.name;
}
