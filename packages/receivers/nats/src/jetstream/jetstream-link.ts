// JetStream over one connection: what the receivers of this package ask about streams and consumers.
import {
  isUnknownStream,
  jetStreamOf,
  type NatsConnectionOptions,
  type NatsServerLink,
} from '@millrace/connection-nats';
import {
  type ConsumerConfig,
  type ConsumerInfo,
  type JetStreamManager,
  type StreamInfo,
} from '@nats-io/jetstream';
import { type LinkPorts, openLink } from '../connection/open-link.ts';
import { natsError } from '../nats-errors.ts';

/** The options of a connection to the JetStream with one stream. */
export interface JetStreamOptions extends NatsConnectionOptions {
  readonly stream: string;
  readonly domain?: string | undefined;
}

/** A connection, and the stream behind it. */
export class JetStreamLink {
  readonly link: NatsServerLink;
  readonly #manager: JetStreamManager;
  readonly #options: JetStreamOptions;

  private constructor(link: NatsServerLink, manager: JetStreamManager, options: JetStreamOptions) {
    this.link = link;
    this.#manager = manager;
    this.#options = options;
  }

  /** Connects. @throws `MR_NATS_FILES_UNUSABLE`, and errors of the client. */
  static async open(options: JetStreamOptions, ports: LinkPorts): Promise<JetStreamLink> {
    const link = await openLink(options, ports);
    return new JetStreamLink(link, await jetStreamOf(link, options), options);
  }

  /** The subject of requests for messages of a consumer. */
  pullSubject(consumer: string): string {
    const { domain, stream } = this.#options;
    return `${domain === undefined ? '$JS.API' : `$JS.${domain}.API`}.CONSUMER.MSG.NEXT.${stream}.${consumer}`;
  }

  /** The facts of the stream. @throws `MR_NATS_STREAM_UNKNOWN`, and errors of the client. */
  async stream(): Promise<StreamInfo> {
    return await this.#known(this.#manager.streams.info(this.#options.stream));
  }

  /** The facts of a consumer of the stream. @throws errors of the client. */
  async consumer(name: string): Promise<ConsumerInfo> {
    return await this.#manager.consumers.info(this.#options.stream, name);
  }

  /** Makes a consumer. @throws `MR_NATS_STREAM_UNKNOWN`, and errors of the client. */
  async addConsumer(config: Partial<ConsumerConfig>): Promise<ConsumerInfo> {
    return await this.#known(this.#manager.consumers.add(this.#options.stream, config));
  }

  /** Removes a consumer. Never rejects. */
  async removeConsumer(name: string): Promise<void> {
    await this.link.settle(() => this.#manager.consumers.delete(this.#options.stream, name));
  }

  async #known<R>(answer: Promise<R>): Promise<R> {
    const { stream } = this.#options;
    try {
      return await answer;
    } catch (error) {
      if (!isUnknownStream(error)) throw error;
      const message = `expected the stream ${stream} to exist; correct the name and the domain, or create the stream`;
      throw natsError('MR_NATS_STREAM_UNKNOWN', message, { details: { stream } });
    }
  }
}
