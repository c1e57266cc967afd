// A server with many waiting messages: sends them as fast as the client reads, without keeping them in memory.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

/** The bytes that wait in the server for a client that does not read. */
const BUFFERED_MAX = 1_048_576;
const MESSAGES_AT_ONCE = 100;

/** The messages for every client. */
export interface WaitingMessages {
  readonly count: number;
  readonly messageOf: (index: number) => string;
}

/** A server that sends the same messages to each client, from the first one on. */
export class WaitingServer {
  readonly port: number;
  readonly #server: WebSocketServer;

  private constructor(server: WebSocketServer) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  static async start(messages: WaitingMessages): Promise<WaitingServer> {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    server.on('connection', (client) => {
      client.on('error', () => undefined);
      void sendAll(client, messages);
    });
    await once(server, 'listening');
    return new WaitingServer(server);
  }

  stop(): void {
    for (const client of this.#server.clients) client.terminate();
    this.#server.close();
  }
}

async function sendAll(client: WebSocket, { count, messageOf }: WaitingMessages): Promise<void> {
  for (let sent = 0; sent < count && client.readyState === client.OPEN;) {
    const some = Math.min(MESSAGES_AT_ONCE, count - sent);
    let last = Promise.resolve();
    for (let index = 0; index < some; index += 1, sent += 1) {
      const done = Promise.withResolvers<void>();
      // An error is the end of the connection.
      client.send(messageOf(sent), () => done.resolve());
      last = done.promise;
    }
    if (client.bufferedAmount > BUFFERED_MAX) await last;
    else await new Promise(setImmediate);
  }
}
