// A proxy of an HTTP server that breaks the connection at a request: before the server has the request, or behind the server's
// answer, so that the client never learns of the result.
import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request whose connection breaks. */
export interface HttpBreakingPoint {
  /** A part of the text of the request. */
  readonly at: string;
  /** True when the server carries the request out, and only the answer is lost. */
  readonly takesEffect?: boolean;
}

/** A request that the proxy passes. */
export interface PassedRequest {
  readonly method: string;
  readonly url: string;
  readonly body: Buffer;
}

/** The text of a request for `breakAt`. */
export type TextOfRequest = (request: PassedRequest) => string;

/** The proxy, on a port of its own. */
export class BreakingHttpProxy {
  readonly #server: Server;
  readonly #target: number;
  readonly #textOf: TextOfRequest;
  #point: HttpBreakingPoint | undefined;

  private constructor(target: number, textOf: TextOfRequest) {
    this.#target = target;
    this.#textOf = textOf;
    this.#server = createServer((request, response) => {
      const { url = '', method = '', headers, socket } = request;
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('error', () => undefined);
      request.on('end', () => {
        const body = Buffer.concat(chunks);
        const point = this.#pointOf({ method, url, body });
        if (point !== undefined && point.takesEffect !== true) return void socket.destroy();
        const { 'transfer-encoding': _, expect: __, ...kept } = headers;
        const sent = httpRequest(
          {
            host: '127.0.0.1',
            port: this.#target,
            path: url,
            method,
            headers: { ...kept, 'content-length': body.length },
            agent: false,
          },
          (answer: IncomingMessage) => {
            answer.on('error', () => socket.destroy());
            if (point !== undefined) return void answer.resume().on('end', () => socket.destroy());
            response.writeHead(answer.statusCode ?? 500, answer.headers);
            answer.pipe(response);
          },
        );
        sent.on('error', () => socket.destroy());
        sent.end(body);
      });
    });
  }

  /** Listens on a free port of loopback. */
  static async start(target: number, textOf: TextOfRequest): Promise<BreakingHttpProxy> {
    const proxy = new BreakingHttpProxy(target, textOf);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Breaks the connection of the next such request. */
  breakAt(point: HttpBreakingPoint): void {
    this.#point = point;
  }

  /** Breaks every connection. */
  cut(): void {
    this.#server.closeAllConnections();
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #pointOf(request: PassedRequest): HttpBreakingPoint | undefined {
    const point = this.#point;
    if (point === undefined || !this.#textOf(request).includes(point.at)) return undefined;
    this.#point = undefined;
    return point;
  }
}
