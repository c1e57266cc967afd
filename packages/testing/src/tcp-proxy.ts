// Faults on the way to a real server. A test connects the code under test to the proxy instead of the server:
//
//   code under test ──► proxy (127.0.0.1, a port of its own) ──► server
//                        │
//                        ├── cut          every connection is reset, once
//                        ├── refuse       nobody listens, and every connection is reset
//                        ├── stall        bytes stop on the way, connections stay
//                        └── go silent    the server is gone without a word: connections stay half-open
//
// The proxy copies no more than the buffers of its sockets, so back-pressure reaches the other side.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { freePort } from './free-port.ts';

/** The treatment of connections. */
type Way = 'open' | 'stalled' | 'silent';

/** The server behind a proxy. */
export interface TcpProxyOptions {
  /** Name or address. Default: `127.0.0.1`. */
  readonly host?: string;
  readonly port: number;
  /** Most connections; a further one is reset. Default 100. */
  readonly maxConnections?: number;
}

interface Link {
  readonly client: Socket;
  readonly server: Socket;
}

/** How often, and how long apart, a port is asked for again while another socket of this machine has it. */
const LISTEN_TRIES = 50;
const LISTEN_AGAIN_MS = 20;

/**
 * A TCP proxy on loopback, with faults on command, for tests over real servers.
 *
 * ```ts
 * const proxy = await TcpProxy.start({ port: 6379 });
 * const client = new Redis(proxy.port, proxy.host);
 * proxy.cut();                       // a network fault
 * await proxy.setReachable(false);   // connection refused, until true
 * await proxy.close();
 * ```
 */
export class TcpProxy {
  readonly host = '127.0.0.1';
  /** The port of the proxy; the same after `setReachable`. */
  readonly port: number;
  /** Bytes passed from the server to clients so far. */
  receivedBytes = 0;
  /** Bytes passed from clients to the server so far. */
  sentBytes = 0;
  readonly #target: Required<TcpProxyOptions>;
  readonly #links = new Set<Link>();
  #server: Server | undefined;
  #way: Way = 'open';

  private constructor(server: Server, target: Required<TcpProxyOptions>) {
    this.#target = target;
    this.port = (server.address() as AddressInfo).port;
    this.#serve(server);
  }

  /** Listens on a free port of loopback. */
  static async start(options: TcpProxyOptions): Promise<TcpProxy> {
    return new TcpProxy(await listening(await freePort()), {
      host: '127.0.0.1',
      maxConnections: 100,
      ...options,
    });
  }

  /** Connections between clients and the server. */
  get connections(): number {
    return this.#links.size;
  }

  /** Resets every connection, like a network fault; new ones may follow at once. */
  cut(): void {
    for (const { client, server } of this.#links) {
      client.resetAndDestroy();
      server.resetAndDestroy();
    }
    this.#links.clear();
  }

  /** False: resets every connection and refuses new ones. True: listens again on the same port. */
  async setReachable(isReachable: boolean): Promise<void> {
    const server = this.#server;
    if (isReachable) {
      if (server === undefined) this.#serve(await listening(this.port));
      return;
    }
    this.#server = undefined;
    const closed = server === undefined ? undefined : once(server, 'close');
    server?.close();
    this.cut();
    await closed;
  }

  /** Stops the bytes of all connections, also new ones, in both directions. Sending then meets back-pressure. */
  stall(): void {
    this.#way = 'stalled';
    for (const { client, server } of this.#links) {
      client.pause();
      server.pause();
    }
  }

  /**
   * Ends the server's side without telling the clients, as when a machine loses its power: connections stay half-open, and what
   * clients send is dropped. New connections are silent too.
   */
  goSilent(): void {
    this.#way = 'silent';
    for (const { client, server } of this.#links) {
      server.resetAndDestroy();
      client.resume();
    }
  }

  /** Ends a stall or a silence. Stalled connections go on; silent ones are reset, because their server is gone. */
  flow(): void {
    const wasSilent = this.#way === 'silent';
    this.#way = 'open';
    if (wasSilent) this.cut();
    for (const { client, server } of this.#links) {
      client.resume();
      server.resume();
    }
  }

  /** Resets everything and frees the port. May be repeated. */
  async close(): Promise<void> {
    await this.setReachable(false);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #serve(listener: Server): void {
    this.#server = listener;
    listener.on('connection', (client) => this.#connect(client));
  }

  #connect(client: Socket): void {
    const { host, port, maxConnections } = this.#target;
    client.on('error', () => undefined);
    if (this.#links.size >= maxConnections) return void client.resetAndDestroy();
    const server = connect({ host, port, allowHalfOpen: true });
    server.on('error', () => undefined);
    const link = { client, server };
    this.#links.add(link);
    this.#pass(client, server, (bytes) => (this.sentBytes += bytes));
    this.#pass(server, client, (bytes) => (this.receivedBytes += bytes));
    client.once('close', () => {
      this.#links.delete(link);
      server.destroy();
    });
    server.once('close', () => {
      // A silent server says nothing to its client.
      if (this.#way !== 'silent') client.destroy();
    });
    if (this.#way === 'stalled') this.stall();
    if (this.#way === 'silent') this.goSilent();
  }

  /** Passes bytes in one direction, with back-pressure. */
  #pass(from: Socket, to: Socket, count: (bytes: number) => void): void {
    from.on('data', (bytes: Buffer) => {
      if (to.destroyed) return;
      count(bytes.length);
      if (!to.write(bytes)) from.pause();
    });
    to.on('drain', () => {
      if (this.#way !== 'stalled') from.resume();
    });
    from.on('end', () => {
      if (this.#way !== 'silent') to.end();
    });
  }
}

/** A server on a port of loopback; tries again while the port of before is not free yet. */
async function listening(port: number): Promise<Server> {
  for (let tries = 1; ; tries += 1) {
    const server = createServer({ allowHalfOpen: true });
    try {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
      return server;
    } catch (error) {
      if (tries === LISTEN_TRIES) throw error;
      await new Promise((resolve) => void setTimeout(resolve, LISTEN_AGAIN_MS));
    }
  }
}
