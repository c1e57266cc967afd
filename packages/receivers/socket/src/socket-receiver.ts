// The receiver behind `socketText` and `socketFrames`: its life. One object is one connection; when that is over the receiver asks to be
// restarted or stopped, and a new connection is a new object. What happens in between is in `socket-reading.ts`.
import type { Socket, TcpNetConnectOpts } from 'node:net';
import type { Receiver, ReceiverContext } from '@millrace/core';
import { SocketReading } from './socket-reading.ts';
import type { SocketConnectionOptions } from './socket-connection.options.ts';
import type { MakeDecoder } from './socket-decoder.ts';

const KEEP_ALIVE_DELAY_MS = 30_000;

/** Opens a TCP connection: `net.connect`, or what a test puts in its place. */
export type Connect = (options: TcpNetConnectOpts) => Socket;

/** Reads records of one kind from one TCP connection. */
export class SocketReceiver<T, P> implements Receiver<T> {
  readonly #options: SocketConnectionOptions;
  readonly #connect: Connect;
  readonly #makeDecoder: MakeDecoder<T, P>;
  #reading: SocketReading<T, P> | undefined;

  constructor(options: SocketConnectionOptions, connect: Connect, makeDecoder: MakeDecoder<T, P>) {
    this.#options = options;
    this.#connect = connect;
    this.#makeDecoder = makeDecoder;
  }

  start(context: ReceiverContext<T>): void {
    const { host, port } = this.#options;
    const socket = this.#connect({ host, port, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_DELAY_MS });
    const address = `${host}:${port}`;
    const decoder = this.#makeDecoder(context, address);
    this.#reading = new SocketReading({ socket, context, options: this.#options, address, decoder });
  }

  async stop(): Promise<void> {
    await this.#reading?.close();
  }
}
