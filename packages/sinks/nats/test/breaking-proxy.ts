// A proxy in front of a server that breaks the connection at a message of the client: before the server gets the message, or
// after, so that only the answer is lost.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A broken connection. */
export interface MessageFault {
  /** A text of the message, for instance the name of a header. */
  readonly text: string;
  /** True: the server gets the message, and the client no answer. */
  readonly takesEffect?: boolean;
}

const EFFECT_MS = 50;

/** A proxy for any number of connections. */
export class BreakingProxy {
  readonly port: number;
  readonly #server: Server;
  readonly #targetPort: number;
  readonly #clients = new Set<Socket>();
  #fault: MessageFault | undefined;

  private constructor(server: Server, targetPort: number) {
    this.#server = server;
    this.#targetPort = targetPort;
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (client) => this.#carry(client));
  }

  static async start(targetPort: number): Promise<BreakingProxy> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new BreakingProxy(server, targetPort);
  }

  /** Breaks the connection at the next message with this text. */
  breakAt(fault: MessageFault): void {
    this.#fault = fault;
  }

  /** Breaks every connection. */
  cut(): void {
    for (const client of this.#clients) client.destroy();
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #carry(client: Socket): void {
    const server = connect(this.#targetPort, '127.0.0.1');
    this.#clients.add(client);
    const end = (): void => {
      this.#clients.delete(client);
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) socket.on('error', end).on('close', end);
    let isMute = false;
    server.on('data', (bytes: Buffer) => {
      if (!isMute) client.write(bytes);
    });
    client.on('data', (bytes: Buffer) => {
      const fault = this.#fault;
      if (fault === undefined || !bytes.includes(fault.text)) return void server.write(bytes);
      this.#fault = undefined;
      if (fault.takesEffect !== true) return end();
      isMute = true;
      server.write(bytes);
      setTimeout(end, EFFECT_MS);
    });
  }
}
