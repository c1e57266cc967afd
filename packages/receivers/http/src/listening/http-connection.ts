// One connection and the requests on it. A connection can break: by a head that is no HTTP, or by a body that is cut off or
// late. The requests before still get their answers, because a client without an answer sends again.
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Exchange } from '../requests/exchange.ts';
import { refusalAnswer } from '../requests/refusal.ts';

/** A connection between accept and close. */
export class HttpConnection {
  /** Address of the client; empty for a client that left before the accept. */
  readonly address: string;
  readonly #onRest: () => void;
  readonly #exchanges = new Set<Exchange>();
  /** The socket that carries HTTP: the TLS socket after the handshake. */
  #socket: Socket;
  /** Bytes that the socket had read when the connection came to rest. */
  #restedBytes = 0;
  #failure: Error | undefined;

  /** @param onRest Called when the last request under way has ended. */
  constructor(socket: Socket, onRest: () => void) {
    this.#socket = socket;
    this.#onRest = onRest;
    this.address = socket.remoteAddress ?? '';
  }

  /** True while a request is under way. */
  get isBusy(): boolean {
    return this.#exchanges.size > 0;
  }

  /** True while exactly one request is under way. */
  get hasOneRequest(): boolean {
    return this.#exchanges.size === 1;
  }

  /** True when bytes came since the connection came to rest: the beginning of a request, or empty lines. */
  get hasHeardSinceRest(): boolean {
    return this.#socket.bytesRead > this.#restedBytes;
  }

  /** True after a parser error: no further request can follow. */
  get isBroken(): boolean {
    return this.#failure !== undefined;
  }

  /** True for a destroyed socket. */
  get isClosed(): boolean {
    return this.#socket.destroyed;
  }

  /** The handshake of TLS is over. */
  secure(socket: Socket): void {
    this.#socket = socket;
    this.#restedBytes = socket.bytesRead;
  }

  /** A request has begun. */
  begin(exchange: Exchange): void {
    this.#exchanges.add(exchange);
  }

  /** A request is answered, or its client is gone. */
  end(exchange: Exchange): void {
    this.#exchanges.delete(exchange);
    if (this.isBusy) return;
    this.#restedBytes = this.#socket.bytesRead;
    if (this.#failure !== undefined) this.#sayWhy(this.#failure);
    this.#onRest();
  }

  /**
   * Reports a parser error or a time-out. The request that is being read fails with the error. Without such a request the
   * error is sent behind the answers under way.
   */
  fail(error: Error): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    const unread = [...this.#exchanges].find(({ request }) => !request.complete);
    if (unread !== undefined) unread.breakOff(error);
    else if (!this.isBusy) {
      this.#sayWhy(error);
      this.#onRest();
    }
  }

  /** Closes the connection at once. */
  destroy(): void {
    this.#socket.destroy();
  }

  /** Writes the answer by hand, because Node has no response object without a request. */
  #sayWhy(error: Error): void {
    if (!this.#socket.writable) return;
    const { status, contentType, body } = refusalAnswer(error, { retryAfterSeconds: 0 });
    const text = `${JSON.stringify(body)}\n`;
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
      `Content-Type: ${contentType}`,
      `Content-Length: ${Buffer.byteLength(text)}`,
      'Cache-Control: no-store',
      'Connection: close',
    ];
    this.#socket.end(`${head.join('\r\n')}\r\n\r\n${text}`);
  }
}
