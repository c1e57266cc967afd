// One connection and the requests on it. What breaks a connection (a head that is no HTTP, a body that was cut off or
// does not come) must not take the answers of the requests before it: a client that gets none sends again what is stored.
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Exchange } from '../requests/exchange.ts';
import { refusalAnswer } from '../requests/refusal.ts';

/** A connection from when it was accepted until it is closed. */
export class Connection {
  /** Of the client; empty when it was gone before it was accepted. */
  readonly address: string;
  readonly #onRest: () => void;
  readonly #exchanges = new Set<Exchange>();
  /** The socket that speaks HTTP: that of TLS, once its handshake is over. */
  #socket: Socket;
  /** What the socket had read when the connection came to rest. */
  #restedBytes = 0;
  #failure: Error | undefined;

  /** @param onRest Called when no request is under way any more. */
  constructor(socket: Socket, onRest: () => void) {
    this.#socket = socket;
    this.#onRest = onRest;
    this.address = socket.remoteAddress ?? '';
  }

  /** Whether a request is under way. */
  get isBusy(): boolean {
    return this.#exchanges.size > 0;
  }

  /** Whether anything came since the connection came to rest: the beginning of a request, or empty lines. */
  get hasHeardSinceRest(): boolean {
    return this.#socket.bytesRead > this.#restedBytes;
  }

  /** Whether what came was no request, so that no other can follow. */
  get isBroken(): boolean {
    return this.#failure !== undefined;
  }

  /** Whether nothing can come or go any more. */
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
   * What comes is no request, or does not come in time. The request that is being read fails by it; where none is, the
   * client is told after the answers that it still gets.
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

  /** Closes it, whatever is under way. */
  destroy(): void {
    this.#socket.destroy();
  }

  /** Node has no answer object for what is no request, so this one is written by hand. */
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
