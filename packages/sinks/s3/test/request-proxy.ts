// A proxy that breaks the connection at a request: before the store has the request, or behind the answer of the store.
import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request whose connection breaks. */
export interface RequestFault {
  /** A part of `METHOD /path`. */
  readonly request: string;
  /** True when the store carries the request out, and only the answer is lost. */
  readonly takesEffect?: boolean;
}

/** The proxy, on a port of its own. */
export class RequestProxy {
  readonly #server: Server;
  readonly #target: number;
  #fault: RequestFault | undefined;

  private constructor(target: number) {
    this.#target = target;
    this.#server = createServer((request, response) => {
      const { url = '', method = '', headers, socket } = request;
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('error', () => undefined);
      request.on('end', () => {
        const body = Buffer.concat(chunks);
        const fault = this.#faultOf(`${method} ${url}`);
        if (fault !== undefined && fault.takesEffect !== true) return void socket.destroy();
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
            if (fault !== undefined) return void answer.resume().on('end', () => socket.destroy());
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
  static async start(target: number): Promise<RequestProxy> {
    const proxy = new RequestProxy(target);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Breaks the connection of the next such request. */
  breakAt(fault: RequestFault): void {
    this.#fault = fault;
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

  #faultOf(request: string): RequestFault | undefined {
    const fault = this.#fault;
    if (fault === undefined || !request.includes(fault.request)) return undefined;
    this.#fault = undefined;
    return fault;
  }
}
