// A WebSocket server for tests, behind a proxy.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { TcpProxy } from '@millrace/testing';
import { WebSocketServer } from 'ws';

/** The certificate that clients have to trust. */
export const CERTIFICATE = fileURLToPath(
  new URL('../../../../tools/servers/kafka/localhost.pem', import.meta.url),
);

/** A server that sends the same messages to every client. */
export class MessageServer {
  readonly proxy: TcpProxy;
  /** The requests of clients, in order. */
  readonly requests: IncomingMessage[] = [];
  /** What clients have sent. */
  readonly received: string[] = [];
  readonly #server: WebSocketServer;
  readonly #end: () => Promise<void>;

  private constructor(server: WebSocketServer, proxy: TcpProxy, end: () => Promise<void>) {
    this.#server = server;
    this.proxy = proxy;
    this.#end = end;
    server.on('connection', (client, request) => {
      this.requests.push(request);
      client.on('error', () => undefined);
      client.on('message', (message) => this.received.push((message as Buffer).toString()));
    });
  }

  static async start({ isSecured = false } = {}): Promise<MessageServer> {
    const pem = readFileSync(CERTIFICATE);
    const secured = isSecured ? createServer({ cert: pem, key: pem }).listen(0, '127.0.0.1') : undefined;
    const server = new WebSocketServer(
      secured === undefined ? { port: 0, host: '127.0.0.1', path: '/feed' } : { server: secured },
    );
    await once(secured ?? server, 'listening');
    const { port } = (secured ?? server).address() as AddressInfo;
    return new MessageServer(server, await TcpProxy.start({ port }), async () => {
      server.close();
      secured?.close();
    });
  }

  get url(): string {
    return `ws://${this.proxy.host}:${this.proxy.port}/feed`;
  }

  get connections(): number {
    return this.#server.clients.size;
  }

  /** Sends messages to every client. */
  send(messages: readonly (string | Buffer)[]): void {
    for (const client of this.#server.clients) for (const message of messages) client.send(message);
  }

  /** Closes every connection with a code. */
  closeAll(code: number): void {
    for (const client of this.#server.clients) client.close(code);
  }

  async stop(): Promise<void> {
    for (const client of this.#server.clients) client.terminate();
    await this.proxy.close();
    await this.#end();
  }
}
