// The receiver behind `socketText`: its life. One object is one connection; when that is over the receiver asks to be
// restarted or stopped, and a new connection is a new object. What happens in between is in `socket-reading.ts`.
import type { Socket, TcpNetConnectOpts } from 'node:net';
import type { Receiver, ReceiverContext } from '@millrace/core';
import { SocketReading } from './socket-reading.ts';
import type { SocketTextOptions } from './socket-text.options.ts';

const KEEP_ALIVE_DELAY_MS = 30_000;

/** Opens a TCP connection: `net.connect`, or what a test puts in its place. */
export type Connect = (options: TcpNetConnectOpts) => Socket;

/** Reads lines of text from one TCP connection. */
export class SocketTextReceiver implements Receiver<string> {
  readonly #options: SocketTextOptions;
  readonly #connect: Connect;
  #reading: SocketReading | undefined;

  constructor(options: SocketTextOptions, connect: Connect) {
    this.#options = options;
    this.#connect = connect;
  }

  start(context: ReceiverContext<string>): void {
    const { host, port } = this.#options;
    const socket = this.#connect({ host, port, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_DELAY_MS });
    this.#reading = new SocketReading({ socket, context, options: this.#options });
  }

  async stop(): Promise<void> {
    await this.#reading?.close();
  }
}
