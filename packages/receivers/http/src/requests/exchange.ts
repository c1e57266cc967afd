// One request and its answer, as Node has them, and whether anybody still waits for the answer. That is asked of the
// connection, not of the answer: an answer that is queued behind another one on the same connection never hears that
// the connection broke.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** One request and its answer. */
export class Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly #socket: Socket;
  readonly #gone = new AbortController();
  #awaitsContinue: boolean;

  /** @param awaitsContinue Whether the client waits for permission to send its body. */
  constructor(request: IncomingMessage, response: ServerResponse, awaitsContinue: boolean) {
    this.request = request;
    this.response = response;
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

  /** Whether the client waits for permission to send its body, and has not got it. */
  get awaitsContinue(): boolean {
    return this.#awaitsContinue;
  }

  /** Lets a client that asked first send its body. */
  allowBody(): void {
    if (!this.#awaitsContinue) return;
    this.#awaitsContinue = false;
    this.response.writeContinue();
  }

  /** The answer is sent, or cannot be: the connection may go on without this. */
  end(): void {
    this.#socket.off('close', this.#onClose);
  }

  readonly #onClose = (): void => this.#gone.abort();
}
