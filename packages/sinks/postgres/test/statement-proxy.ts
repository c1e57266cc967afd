// A proxy in front of the server that breaks a connection at a statement: before the server gets the statement, or when its answer
// comes back, so that the client never learns of the result.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** The statement at which the connection breaks. */
export interface StatementFault {
  /** The beginning of the statement, or a part of it. */
  readonly sql: string;
  /** True when the statement takes effect and only the answer is lost. */
  readonly takesEffect?: boolean;
}

/** A proxy on loopback. */
export class StatementProxy {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #fault: StatementFault | undefined;

  private constructor(server: Server, target: number) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (client) => this.#connect(client, connect({ host: '127.0.0.1', port: target })));
  }

  static async start(target: number): Promise<StatementProxy> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new StatementProxy(server, target);
  }

  /** Breaks the connection of the next such statement, once. */
  breakAt(fault: StatementFault): void {
    this.#fault = fault;
  }

  /** True when no fault is left. */
  get isDone(): boolean {
    return this.#fault === undefined;
  }

  /** Resets every connection. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    this.#server.close();
    this.cut();
    await once(this.#server, 'close');
  }

  #connect(client: Socket, server: Socket): void {
    let isAnswerLost = false;
    const breakBoth = (): void => {
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
      const fault = this.#fault;
      if (fault === undefined || !bytes.includes(fault.sql)) return void server.write(bytes);
      this.#fault = undefined;
      if (fault.takesEffect !== true) return breakBoth();
      isAnswerLost = true;
      server.write(bytes);
    });
    server.on('data', (bytes: Buffer) => {
      if (isAnswerLost) return breakBoth();
      client.write(bytes);
    });
  }
}
