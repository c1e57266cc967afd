// The peer of a socket receiver for the conformance kit: sends its records to the connected client, and keeps the
// records while no client is connected.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { ConfiguredReceiver } from '@millrace/core';
import { freePort } from '@millrace/testing';
import type { ReceiverTarget } from '@millrace/testing/conformance';

/** The channel on which Node announces every connection of this process. */
const CLIENT_SOCKETS = 'net.client.socket';

/** The peer's records, and its receiver. */
export interface PeerProtocol<T> {
  readonly receiver: (port: number) => ConfiguredReceiver<T>;
  readonly encode: (id: number) => Uint8Array;
  readonly idOf: (record: T) => number | undefined;
  /** The records that the receiver has to leave out. */
  readonly poison: Uint8Array;
}

/** A server on a free port of 127.0.0.1 and a receiver that connects to it. */
export class PeerSource<T> implements ReceiverTarget<T> {
  readonly receiver: ConfiguredReceiver<T>;
  readonly #protocol: PeerProtocol<T>;
  readonly #port: number;
  #server: Server | undefined;
  readonly #sockets = new Set<Socket>();
  readonly #waiting: Uint8Array[] = [];
  /** The receiver's ends of the connections. The number of sent bytes proves nothing: the system buffers megabytes. */
  readonly #receiving: Socket[] = [];

  private constructor(server: Server, protocol: PeerProtocol<T>) {
    this.#port = (server.address() as AddressInfo).port;
    this.#protocol = protocol;
    this.receiver = protocol.receiver(this.#port);
    this.#server = server;
    this.#serve(server);
    subscribe(CLIENT_SOCKETS, this.#onClientSocket);
  }

  static async create<T>(protocol: PeerProtocol<T>): Promise<PeerSource<T>> {
    return new PeerSource(await listening(await freePort()), protocol);
  }

  send(ids: readonly number[]): void {
    this.#waiting.push(...ids.map((id) => this.#protocol.encode(id)));
    this.#flush();
  }

  idOf(record: T): number | undefined {
    return this.#protocol.idOf(record);
  }

  /** The number of bytes that the receiver has read from its sockets. */
  takenBytes(): number {
    return this.#receiving.reduce((sum, { bytesRead }) => sum + bytesRead, 0);
  }

  /** A record above the bound of the receiver. */
  sendPoison(): void {
    this.#waiting.push(this.#protocol.poison);
    this.#flush();
  }

  disconnect(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  async setReachable(isReachable: boolean): Promise<void> {
    if (!isReachable) return await this.#close();
    this.#server = await listening(this.#port);
    this.#serve(this.#server);
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
    this.#server = undefined;
    for (const socket of this.#sockets) socket.destroy();
    if (server === undefined) return;
    server.close();
    await once(server, 'close');
  }

  #serve(server: Server): void {
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      // This test breaks connections on purpose.
      socket.on('error', () => undefined);
      socket.once('close', () => this.#sockets.delete(socket));
      this.#flush();
    });
  }

  #flush(): void {
    const [socket] = [...this.#sockets].filter((one) => !one.destroyed);
    if (socket === undefined) return;
    for (const record of this.#waiting.splice(0)) socket.write(record);
  }
}

async function listening(port: number): Promise<Server> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
