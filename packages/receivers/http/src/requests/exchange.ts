// One request and its answer, in Node's objects, with the presence of the client. The connection shows the presence,
// not the answer: an answer queued behind another one on the same connection never learns that the connection broke.
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
    // One entry per request sent ahead on one connection; the bound on requests in flight limits their number.
    this.#socket.setMaxListeners(0);
    this.#socket.once('close', this.#onClose);
    // A write to a breaking connection fails here, and a read fails there; `gone` covers both.
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

  /** True when the client waits for permission to send its body, without an answer so far. */
  get awaitsContinue(): boolean {
    return this.#awaitsContinue;
  }

  /** The address to which the client connected; undefined when the client is gone. */
  get localAddress(): string | undefined {
    return this.#socket.localAddress;
  }

  /** Permits a client that asked first to send its body. */
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

  /** The answer is sent, or cannot be sent: the connection may continue without this exchange. */
  end(): void {
    this.#socket.off('close', this.#onClose);
    this.#onEnd();
  }

  readonly #onClose = (): void => this.#gone.abort();
}
