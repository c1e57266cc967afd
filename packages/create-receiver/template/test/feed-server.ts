// Plays the source in tests: a server on 127.0.0.1 with a feed for the receiver. The server keeps records while no reader is
// connected. For a source with another protocol, change this file beside the reading code.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { ConfiguredReceiver } from '@millrace/core';
import type { ReceiverTarget } from '@millrace/testing/conformance';
import { sampleFeed, type SampleFeedRecord } from '../src/index.ts';

/** The channel on which Node reports every outgoing connection of this process. */
const CLIENT_SOCKETS = 'net.client.socket';
/** Makes a few hundred records more than a connection takes at once. */
const PADDING = 'x'.repeat(1_500);

/** A feed and a receiver that reads it. */
export class FeedServer implements ReceiverTarget<SampleFeedRecord> {
  readonly receiver: ConfiguredReceiver<SampleFeedRecord>;
  readonly #port: number;
  #server: Server | undefined;
  #reader: ServerResponse | undefined;
  readonly #waiting: string[] = [];
  /** The receiver's ends of the connections. */
  readonly #receiving: Socket[] = [];

  private constructor(server: Server) {
    this.#port = (server.address() as AddressInfo).port;
    this.receiver = sampleFeed({ url: `http://127.0.0.1:${this.#port}/feed` });
    this.#serve(server);
    subscribe(CLIENT_SOCKETS, this.#onClientSocket);
  }

  static async create(): Promise<FeedServer> {
    return new FeedServer(await listening(0));
  }

  send(ids: readonly number[]): void {
    this.#waiting.push(...ids.map((id) => `${JSON.stringify({ id, value: id / 2, PADDING })}\n`));
    this.#flush();
  }

  idOf(record: SampleFeedRecord): number | undefined {
    const { id } = record;
    return typeof id === 'number' ? id : undefined;
  }

  /** The bytes that the receiver has read from its connections. */
  takenBytes(): number {
    return this.#receiving.reduce((sum, { bytesRead }) => sum + bytesRead, 0);
  }

  /** A malformed line. */
  sendPoison(): void {
    this.#waiting.push('{"id": no number}\n');
    this.#flush();
  }

  disconnect(): void {
    this.#reader = undefined;
    this.#server?.closeAllConnections();
  }

  async setReachable(isReachable: boolean): Promise<void> {
    if (!isReachable) return await this.#close();
    this.#serve(await listening(this.#port));
  }

  async dispose(): Promise<void> {
    unsubscribe(CLIENT_SOCKETS, this.#onClientSocket);
    await this.#close();
  }

  readonly #onClientSocket = (message: unknown): void => {
    const { socket } = message as { readonly socket: Socket };
    socket.once('connect', () => {
      if (socket.remotePort === this.#port) this.#receiving.push(socket);
    });
  };

  async #close(): Promise<void> {
    const server = this.#server;
    this.disconnect();
    this.#server = undefined;
    if (server === undefined) return;
    server.close();
    await once(server, 'close');
  }

  #serve(server: Server): void {
    this.#server = server;
    server.on('request', (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      response.flushHeaders();
      response.on('close', () => {
        if (this.#reader === response) this.#reader = undefined;
      });
      this.#reader = response;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#reader === undefined) return;
    for (const line of this.#waiting.splice(0)) this.#reader.write(line);
  }
}

async function listening(port: number): Promise<Server> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
