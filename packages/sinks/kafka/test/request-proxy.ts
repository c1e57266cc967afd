// A proxy in front of a broker that breaks a connection at a request of one kind: before the broker gets the request, or when its
// answer comes back, so that the client never learns of the result.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Kinds of requests, by their numbers in the protocol. */
export const REQUESTS = {
  produce: 0,
  fetch: 1,
  initProducerId: 22,
  addPartitions: 24,
  endTransaction: 26,
} as const;

/** The request at which the connection breaks. */
export interface RequestFault {
  readonly request: keyof typeof REQUESTS;
  /** How many such requests pass before. Default 0. */
  readonly after?: number;
  /** True when the request takes effect and only the answer is lost. */
  readonly takesEffect?: boolean;
  /** Called when the connection breaks, for instance to kill the client. */
  readonly onMet?: () => void;
}

/** Behind the length of a request. */
const KIND_AT = 4;

/** A proxy on loopback. */
export class RequestProxy {
  readonly port: number;
  readonly #server: Server;
  readonly #target: number;
  readonly #sockets = new Set<Socket>();
  #fault: Required<RequestFault> | undefined;
  #seen = 0;

  private constructor(server: Server, target: number) {
    this.#server = server;
    this.#target = target;
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (client) => this.#connect(client));
  }

  static async start(target: number): Promise<RequestProxy> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new RequestProxy(server, target);
  }

  /** Breaks the connection at the next such request. */
  breakAt(fault: RequestFault): void {
    this.#seen = 0;
    this.#fault = { after: 0, takesEffect: false, onMet: () => undefined, ...fault };
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

  #connect(client: Socket): void {
    const server = connect({ host: '127.0.0.1', port: this.#target });
    let lost: Required<RequestFault> | undefined;
    const breakBoth = ({ onMet }: Required<RequestFault>): void => {
      onMet();
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
    // The library writes every request at once, and waits for its answer where the order matters.
    client.on('data', (bytes: Buffer) => {
      const fault = this.#met(bytes);
      if (fault === undefined) return void server.write(bytes);
      if (!fault.takesEffect) return breakBoth(fault);
      lost = fault;
      server.write(bytes);
    });
    server.on('data', (bytes: Buffer) => {
      if (lost !== undefined) return breakBoth(lost);
      client.write(bytes);
    });
  }

  #met(bytes: Buffer): Required<RequestFault> | undefined {
    const fault = this.#fault;
    if (fault === undefined || bytes.length < KIND_AT + 2) return undefined;
    if (bytes.readInt16BE(KIND_AT) !== REQUESTS[fault.request]) return undefined;
    this.#seen += 1;
    if (this.#seen <= fault.after) return undefined;
    this.#fault = undefined;
    return fault;
  }
}
