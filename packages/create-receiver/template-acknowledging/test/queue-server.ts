// Plays the source in tests and in the example: a queue on 127.0.0.1 with one reader at a time. A message is done when its
// reader acknowledges the message; all others are redelivered on the next connection. For a source with another protocol,
// change this file beside the reading code.
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** The connected reader. */
interface Reader {
  readonly socket: Socket;
  readonly window: number;
  /** Unacknowledged messages by tag. */
  readonly sent: Map<number, string>;
  lastTag: number;
}

/** A queue of messages, each a line of text. */
export class QueueServer {
  readonly port: number;
  /** Acknowledged messages, in order. */
  readonly done: string[] = [];
  /** Bytes sent so far. */
  sentBytes = 0;
  readonly #waiting: string[] = [];
  #server: Server | undefined;
  #reader: Reader | undefined;

  private constructor(server: Server) {
    this.port = (server.address() as AddressInfo).port;
    this.#serve(server);
  }

  static async create(): Promise<QueueServer> {
    return new QueueServer(await listening(0));
  }

  /** Puts messages into the queue. */
  put(messages: readonly string[]): void {
    this.#waiting.push(...messages);
    this.#send();
  }

  /** Breaks the connection. */
  disconnect(): void {
    this.#reader?.socket.destroy();
  }

  async setReachable(isReachable: boolean): Promise<void> {
    if (!isReachable) await this.close();
    else this.#serve(await listening(this.port));
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    this.disconnect();
    if (server === undefined) return;
    server.close();
    await once(server, 'close');
  }

  #serve(server: Server): void {
    this.#server = server;
    server.on('connection', (socket) => {
      // Connections of this queue are broken on purpose.
      socket.on('error', () => undefined);
      const lines = createInterface({ input: socket });
      lines.on('line', (line) => this.#onLine(socket, line.split(' ')));
      socket.once('close', () => this.#onClose(socket));
    });
  }

  #onLine(socket: Socket, [verb, ...words]: readonly string[]): void {
    if (verb === 'take') {
      this.#reader?.socket.destroy();
      this.#giveBack();
      this.#reader = { socket, window: Number(words[1]), sent: new Map(), lastTag: 0 };
    }
    const reader = this.#reader;
    if (reader?.socket !== socket) return;
    if (verb === 'done') {
      for (const tag of words.map(Number)) {
        this.done.push(...[reader.sent.get(tag)].filter((message) => message !== undefined));
        reader.sent.delete(tag);
      }
    }
    this.#send();
  }

  #onClose(socket: Socket): void {
    if (this.#reader?.socket === socket) this.#giveBack();
  }

  /** Redelivers unacknowledged messages before all others. */
  #giveBack(): void {
    this.#waiting.unshift(...(this.#reader?.sent.values() ?? []));
    this.#reader = undefined;
  }

  #send(): void {
    const reader = this.#reader;
    while (reader !== undefined && reader.sent.size < reader.window) {
      const message = this.#waiting.shift();
      if (message === undefined) return;
      reader.lastTag += 1;
      reader.sent.set(reader.lastTag, message);
      reader.socket.write(`${message}\n`);
      this.sentBytes += message.length + 1;
    }
  }
}

async function listening(port: number): Promise<Server> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
