// A way to a real server that breaks at certain bytes of the client: before the server gets the bytes, or when the answer comes
// back, so that the client never learns of the result.
//
//   client ── COMMIT ──► proxy ── COMMIT ──► server
//                        │                   │
//          before: both ends are reset       └── answer ──► proxy: both ends are reset (takesEffect)
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** The bytes at which a connection breaks. */
export interface BreakingPoint {
  /** A text in the bytes that the client sends at once, or a function that recognises the bytes. */
  readonly at: string | ((bytes: Buffer) => boolean);
  /** True: the server gets the bytes, and only the answer is lost. Default false. */
  readonly takesEffect?: boolean;
  /** Called when the connection breaks, for instance to kill the client. */
  readonly onMet?: () => void;
}

/**
 * A TCP proxy on loopback that breaks the connection at a chosen request, for tests of sinks and receivers over real servers.
 *
 * ```ts
 * const proxy = await BreakingProxy.start(5432);
 * proxy.breakAt({ at: 'COMMIT', takesEffect: true });  // the commit happens, and the client does not hear of it
 * await proxy.close();
 * ```
 */
export class BreakingProxy {
  readonly host = '127.0.0.1';
  readonly port: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #point: BreakingPoint | undefined;

  private constructor(server: Server, target: number) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (client) => this.#connect(client, connect({ host: '127.0.0.1', port: target })));
  }

  /** Listens on a free port of loopback. @param target The port of the server on loopback. */
  static async start(target: number): Promise<BreakingProxy> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new BreakingProxy(server, target);
  }

  /** Breaks the connection of the next such bytes, once. */
  breakAt(point: BreakingPoint): void {
    this.#point = point;
  }

  /** True when no breaking point is left. */
  get isDone(): boolean {
    return this.#point === undefined;
  }

  /** Resets every connection. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Resets everything and frees the port. */
  async close(): Promise<void> {
    this.#server.close();
    this.cut();
    await once(this.#server, 'close');
  }

  #connect(client: Socket, server: Socket): void {
    let lost: BreakingPoint | undefined;
    const breakBoth = ({ onMet }: BreakingPoint): void => {
      onMet?.();
      client.resetAndDestroy();
      server.resetAndDestroy();
    };
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        client.destroy();
        server.destroy();
      });
    }
    client.on('data', (bytes: Buffer) => {
      const point = this.#met(bytes);
      if (point === undefined) return void server.write(bytes);
      if (point.takesEffect !== true) return breakBoth(point);
      lost = point;
      server.write(bytes);
    });
    server.on('data', (bytes: Buffer) => {
      if (lost !== undefined) return breakBoth(lost);
      client.write(bytes);
    });
  }

  #met(bytes: Buffer): BreakingPoint | undefined {
    const point = this.#point;
    if (point === undefined) return undefined;
    const isMet = typeof point.at === 'string' ? bytes.includes(point.at) : point.at(bytes);
    if (!isMet) return undefined;
    this.#point = undefined;
    return point;
  }
}
