// A client that sends any bytes and keeps the received bytes. Every wait is for an event.
import { once } from 'node:events';
import { connect, type Socket, type SocketConstructorOpts } from 'node:net';
import { connect as connectSecurely, type ConnectionOptions } from 'node:tls';

/** A connection to a receiver. */
export class RawClient {
  readonly socket: Socket;
  /** All bytes received so far. */
  received = '';
  /** Resolves when the connection is closed. */
  readonly closed: Promise<string>;
  #onChange: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      this.received += chunk.toString('latin1');
      this.#onChange();
    });
    // These tests break connections on purpose.
    socket.on('error', () => undefined);
    socket.once('end', () => socket.end());
    this.closed = new Promise((resolve) => socket.once('close', () => resolve(this.received)));
  }

  static async connect(port: number): Promise<RawClient> {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    await once(socket, 'connect');
    return new RawClient(socket);
  }

  /** @param ca The certificate to trust. */
  static async connectSecurely(port: number, ca: string): Promise<RawClient> {
    // The types omit an option that `tls.connect` passes on to its socket.
    const options: ConnectionOptions & SocketConstructorOpts = {
      port,
      host: '127.0.0.1',
      ca,
      allowHalfOpen: true,
    };
    const socket = connectSecurely(options);
    await once(socket, 'secureConnect');
    return new RawClient(socket);
  }

  send(bytes: string | Uint8Array): void {
    this.socket.write(bytes);
  }

  /** Ends this side of the connection: nothing more is sent, and everything is still read. */
  endSending(): void {
    this.socket.end();
  }

  /** Resolves when the text has been received this number of times. */
  async until(text: string, times = 1): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onChange = () => {
      if (this.received.split(text).length > times) resolve();
    };
    this.#onChange();
    await promise;
  }

  /** The status of each answer. */
  get statuses(): readonly number[] {
    return [...this.received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
  }
}

/** A POST of JSON, in its bytes on the wire. */
export function posted(body: string, { target = '/', headers = [] as readonly string[] } = {}): string {
  const head = [
    `POST ${target} HTTP/1.1`,
    'Host: localhost',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...headers,
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}
