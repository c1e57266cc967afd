// The connection of one sink: opened on demand, and again after its end. Writes wait for one opening together.
import type { Duplex } from 'node:stream';
import { type AmqpConnectionOptions, openConnection } from '@millrace/connection-amqp';
import { NodeStorage } from '@millrace/core';
import type { ChannelModel, ConfirmChannel } from 'amqplib';
import { unusableTls } from './amqp-sink-failure.ts';

/** A connection that opens again. */
export class SinkConnection {
  readonly #options: AmqpConnectionOptions;
  #opening: Promise<ChannelModel> | undefined;
  /** The reason for which the broker takes no messages now. */
  blockedBy: string | undefined;

  constructor(options: AmqpConnectionOptions) {
    this.#options = options;
  }

  /** Opens a channel with confirmations. The channel has a listener for errors. @throws errors of the client. */
  async channel(): Promise<ConfirmChannel> {
    this.#opening ??= this.#open();
    const opening = this.#opening;
    try {
      const model = await opening;
      const channel = await model.createConfirmChannel();
      channel.on('error', () => undefined);
      return channel;
    } catch (error) {
      if (this.#opening === opening) this.#opening = undefined;
      throw error;
    }
  }

  /** Gives the connection up; the next channel has another one. */
  async close(): Promise<void> {
    const opening = this.#opening;
    this.#opening = undefined;
    try {
      const model = await opening;
      await model?.close();
    } catch {
      // Closed already, or never opened.
    }
  }

  /** Ends a connection without an answer. */
  async destroy(): Promise<void> {
    const opening = this.#opening;
    this.#opening = undefined;
    const model = await opening?.catch(() => undefined);
    // The library has no public name for the socket.
    const connection = model?.connection as unknown as { readonly stream: Duplex } | undefined;
    // Without an error the library would notice the end at the next heartbeat only.
    connection?.stream.destroy(new Error('the broker does not answer'));
  }

  async #open(): Promise<ChannelModel> {
    const model = await openConnection(this.#options, { storage: new NodeStorage(), unusableTls });
    const opening = this.#opening;
    model.on('close', () => {
      this.blockedBy = undefined;
      if (this.#opening === opening) this.#opening = undefined;
    });
    model.on('blocked', (reason) => (this.blockedBy = reason));
    model.on('unblocked', () => (this.blockedBy = undefined));
    return model;
  }
}
