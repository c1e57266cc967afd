// A proxy in front of the server that breaks a connection at a command: before the server gets the command, or when its answer
// comes back, so that the client never learns of the result.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** The command at which the connection breaks. */
export interface CommandFault {
  /** A part of the command. */
  readonly text: string;
  /** True when the command takes effect and only the answer is lost. */
  readonly takesEffect?: boolean;
}

/** A proxy on loopback. */
export class CommandProxy {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #fault: CommandFault | undefined;

  private constructor(server: Server, target: number) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (client) => this.#connect(client, connect({ host: '127.0.0.1', port: target })));
  }

  static async start(target: number): Promise<CommandProxy> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new CommandProxy(server, target);
  }

  /** Breaks the connection of the next such command, once. */
  breakAt(fault: CommandFault): void {
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
      if (fault === undefined || !bytes.includes(fault.text)) return void server.write(bytes);
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
