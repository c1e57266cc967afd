// One request and its answer, as Node has them, and whether anybody still waits for the answer. That is asked of the
// connection, not of the answer: an answer that is queued behind another one on the same connection never hears that
// the connection broke.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Parts of an `Exchange`. */
export interface ExchangeDeps {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** True when the client waits for permission to send its body. */
  readonly awaitsContinue: boolean;
  /** Called when the request is refused and the rest of its body is only discarded. */
  readonly onDiscard?: () => void;
  /** Called once, when the answer is sent or cannot be sent. */
  readonly onEnd: () => void;
}

/** One request and its answer. */
export class Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly #socket: Socket;
  readonly #onDiscard: () => void;
  readonly #onEnd: () => void;
  readonly #gone = new AbortController();
  readonly #broken = new AbortController();
  #awaitsContinue: boolean;

  constructor({ request, response, awaitsContinue, onDiscard, onEnd }: ExchangeDeps) {
    this.request = request;
    this.response = response;
    this.#onDiscard = onDiscard ?? (() => undefined);
    this.#onEnd = onEnd;
    this.#awaitsContinue = awaitsContinue;
    this.#socket = request.socket;
    // There are as many as requests sent ahead on one connection, and those are bounded by the requests in flight.
    this.#socket.setMaxListeners(0);
    this.#socket.once('close', this.#onClose);
    // Writing to a connection that breaks meanwhile is told here, and reading from it there; `gone` says it all.
    response.on('error', () => undefined);
    request.on('error', () => undefined);
    if (this.#socket.destroyed) this.#onClose();
  }

  /** Aborted when the client is gone. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /** Aborted when the rest of the request will not come. The reason is the refusal. */
  get broken(): AbortSignal {
    return this.#broken.signal;
  }

  /** Whether the client waits for permission to send its body, and has not got it. */
  get awaitsContinue(): boolean {
    return this.#awaitsContinue;
  }

  /** The address that the client connected to; undefined when it is gone. */
  get localAddress(): string | undefined {
    return this.#socket.localAddress;
  }

  /** Lets a client that asked first send its body. */
  allowBody(): void {
    if (!this.#awaitsContinue) return;
    this.#awaitsContinue = false;
    this.response.writeContinue();
  }

  /** The request is refused, and the rest of its body is discarded from here on. */
  discard(): void {
    this.#onDiscard();
    this.request.resume();
  }

  /** Ends the request: neither its rest nor another request will come. */
  breakOff(error: Error): void {
    this.#broken.abort(error);
  }

  /** The answer is sent, or cannot be: the connection may go on without this. */
  end(): void {
    this.#socket.off('close', this.#onClose);
    this.#onEnd();
  }

  readonly #onClose = (): void => this.#gone.abort();
}
