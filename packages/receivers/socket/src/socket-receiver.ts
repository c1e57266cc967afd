// The life of the receiver behind `socketText` and `socketFrames`. One object is one connection; after its end the
// receiver requests a restart or a stop, and a new connection is a new object. `socket-reading.ts` covers the time of
// the connection.
import { messageOf, type Receiver, type ReceiverContext } from '@millrace/core';
import type { ReceiverGauges } from '@millrace/core/observation';
import { type ClientTls, readClientTls, serverText } from '@millrace/core/engine';
import type { Connect } from './connect-to.ts';
import { SocketReading } from './socket-reading.ts';
import type { SocketConnectionOptions } from './socket-connection.options.ts';
import type { MakeDecoder, SocketDecoder } from './socket-decoder.ts';
import { socketError } from './socket-errors.ts';

const KEEP_ALIVE_DELAY_MS = 30_000;

/** Reads records of one kind from one TCP connection. */
export class SocketReceiver<T, P> implements Receiver<T> {
  readonly #options: SocketConnectionOptions;
  readonly #connect: Connect;
  readonly #makeDecoder: MakeDecoder<T, P>;
  #reading: SocketReading<T, P> | undefined;
  #decoder: SocketDecoder<P> | undefined;

  constructor(options: SocketConnectionOptions, connect: Connect, makeDecoder: MakeDecoder<T, P>) {
    this.#options = options;
    this.#connect = connect;
    this.#makeDecoder = makeDecoder;
  }

  /** Resolves when the connection stands, with TLS behind the handshake, or when the engine was told of its end. */
  start(context: ReceiverContext<T>): Promise<void> {
    const { tls } = this.#options;
    return tls === undefined ? this.#read(context) : this.#readSecurely(context, tls);
  }

  /** TCP does not tell what the peer still has to send. */
  gauges(): ReceiverGauges {
    return { droppedRecords: this.#decoder?.skippedPieces ?? 0 };
  }

  async stop(): Promise<void> {
    await this.#reading?.close();
  }

  /**
   * Files may be missing now and exist in two seconds, and certificates are renewed: any failure requests a restart.
   */
  async #readSecurely(
    context: ReceiverContext<T>,
    tls: NonNullable<SocketConnectionOptions['tls']>,
  ): Promise<void> {
    try {
      const read = await readClientTls(context.storage, tls);
      if (!context.signal.aborted) await this.#read(context, read);
    } catch (cause) {
      const message = `expected usable TLS files: ${messageOf(cause)}`;
      if (context.signal.aborted) return;
      context.restart(message, socketError('MR_SOCKET_TLS_UNUSABLE', message, { cause }));
    }
  }

  async #read(context: ReceiverContext<T>, tls?: ClientTls): Promise<void> {
    const { host, port } = this.#options;
    const socket = this.#connect(
      { host, port, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_DELAY_MS },
      tls,
    );
    const address = serverText(host, port);
    const decoder = this.#makeDecoder(context, address);
    this.#decoder = decoder;
    this.#reading = new SocketReading({
      socket,
      isSecure: tls !== undefined,
      context,
      options: this.#options,
      address,
      decoder,
    });
    await this.#reading.established;
  }
}
