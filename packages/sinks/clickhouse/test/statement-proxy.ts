// A proxy of the HTTP interface that breaks the connection at a statement: before the server has it, or behind the server's answer.
import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A statement whose connection breaks. */
export interface StatementFault {
  /** A part of the statement. */
  readonly sql: string;
  /** True when the server runs the statement, and only the answer is lost. */
  readonly takesEffect?: boolean;
}

/** The proxy, on a port of its own. */
export class StatementProxy {
  readonly #server: Server;
  readonly #target: number;
  #fault: StatementFault | undefined;

  private constructor(target: number) {
    this.#target = target;
    this.#server = createServer((request, response) => {
      const { url = '', method = '', headers, socket } = request;
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('error', () => undefined);
      request.on('end', () => {
        const body = Buffer.concat(chunks);
        const fault = this.#faultOf(`${decodeURIComponent(url.replaceAll('+', ' '))} ${body.toString()}`);
        if (fault !== undefined && fault.takesEffect !== true) return void socket.destroy();
        const { 'transfer-encoding': _, ...kept } = headers;
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
  static async start(target: number): Promise<StatementProxy> {
    const proxy = new StatementProxy(target);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Breaks the connection of the next such statement. */
  breakAt(fault: StatementFault): void {
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

  #faultOf(statement: string): StatementFault | undefined {
    const fault = this.#fault;
    if (fault === undefined || !statement.includes(fault.sql)) return undefined;
    this.#fault = undefined;
    return fault;
  }
}
