// The peer of a socket receiver as the conformance kit wants it: it sends its lines to whoever is connected, and keeps
// them while nobody is.
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { ConfiguredReceiver } from '@millrace/core';
import type { ReceiverTarget } from '@millrace/harness/conformance';
import { socketText } from '../src/index.ts';

/** A server on a free port of 127.0.0.1 and a receiver that connects to it. */
export class LineSource implements ReceiverTarget<string> {
  readonly receiver: ConfiguredReceiver<string>;
  readonly #port: number;
  #server: Server | undefined;
  readonly #sockets = new Set<Socket>();
  readonly #waiting: string[] = [];

  private constructor(server: Server) {
    this.#port = (server.address() as AddressInfo).port;
    this.receiver = socketText({ host: '127.0.0.1', port: this.#port, maxLineBytes: 100 });
    this.#server = server;
    this.#serve(server);
  }

  static async create(): Promise<LineSource> {
    return new LineSource(await listening(0));
  }

  send(ids: readonly number[]): void {
    this.#waiting.push(...ids.map((id) => `${id}\n`));
    this.#flush();
  }

  idOf(record: string): number | undefined {
    return /^\d+$/.test(record) ? Number(record) : undefined;
  }

  /** A line that is longer than the receiver takes. */
  sendPoison(): void {
    this.#waiting.push(`${'x'.repeat(500)}\n`);
    this.#flush();
  }

  disconnect(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  async setReachable(isReachable: boolean): Promise<void> {
    if (!isReachable) return await this.dispose();
    this.#server = await listening(this.#port);
    this.#serve(this.#server);
  }

  async dispose(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const socket of this.#sockets) socket.destroy();
    if (server === undefined) return;
    server.close();
    await once(server, 'close');
  }

  #serve(server: Server): void {
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      // Connections of this test are broken on purpose.
      socket.on('error', () => undefined);
      socket.once('close', () => this.#sockets.delete(socket));
      this.#flush();
    });
  }

  #flush(): void {
    const [socket] = [...this.#sockets].filter((one) => !one.destroyed);
    if (socket === undefined) return;
    for (const line of this.#waiting.splice(0)) socket.write(line);
  }
}

async function listening(port: number): Promise<Server> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
