// The stream of a sink over one connection: looked at, and asked about single messages.
import { isUnknownStream, jetStreamOf, type NatsServerLink } from '@millrace/connection-nats';
import { JetStreamApiError, type JetStreamManager, type StreamInfo } from '@nats-io/jetstream';
import { errors, type MsgHdrs } from '@nats-io/transport-node';
import { isInside } from '../subjects/subjects.ts';
import { ledgerSubjectOf, type NatsSinkOptions } from '../nats-sink.options.ts';
import { natsSinkError } from '../nats-sink-errors.ts';

/** A message to publish. */
export interface PublishedMessage {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly headers: MsgHdrs;
}

/** The least version of a server with atomic batches. */
const ATOMIC_SINCE = [2, 12] as const;
const EXPECT_STREAM = 'Nats-Expected-Stream';
const NOTHING_BEHIND = 503;

/** One stream. */
export class TargetStream {
  /** The patterns of subjects that messages may have. */
  subjects: readonly string[] = [];
  readonly link: NatsServerLink;
  #messageMax = Number.MAX_SAFE_INTEGER;
  readonly #options: NatsSinkOptions;
  readonly #manager: JetStreamManager;

  private constructor(link: NatsServerLink, options: NatsSinkOptions, manager: JetStreamManager) {
    this.link = link;
    this.#options = options;
    this.#manager = manager;
  }

  /** Looks at the stream. @throws `MR_SINK_NATS_STREAM_UNKNOWN`, `_STREAM_UNFIT`, and errors of the client. */
  static async find(link: NatsServerLink, options: NatsSinkOptions): Promise<TargetStream> {
    const stream = new TargetStream(link, options, await jetStreamOf(link, options));
    const info = await stream.#info();
    stream.subjects = info.config.subjects ?? [];
    const { max_msg_size } = info.config;
    if (max_msg_size > 0) stream.#messageMax = max_msg_size;
    stream.#assertFit(info);
    return stream;
  }

  /** The largest number of bytes of a message with its headers. */
  get maxPayload(): number {
    return Math.min(this.#messageMax, this.link.connection.info?.max_payload ?? Number.MAX_SAFE_INTEGER);
  }

  /** Publishes without an answer. */
  send({ subject, data, headers }: PublishedMessage): void {
    this.link.connection.publish(subject, data, { headers });
  }

  /** Publishes, and resolves when the stream has the message. @throws errors of the client and of the server. */
  async publish({ subject, data, headers }: PublishedMessage): Promise<void> {
    const { stream, requestTimeoutMs } = this.#options;
    headers.set(EXPECT_STREAM, stream);
    const answer = await this.link.connection.request(subject, data, { headers, timeout: requestTimeoutMs });
    if (answer.headers?.code === NOTHING_BEHIND) throw new errors.NoRespondersError(subject);
    // The first message of a batch has an empty answer.
    if (answer.data.length === 0) return;
    const { error } = answer.json<{ error?: ConstructorParameters<typeof JetStreamApiError>[0] }>();
    if (error !== undefined) throw new JetStreamApiError(error);
  }

  /** The last message of a subject, which may have wildcards; undefined without one. @throws errors of the client. */
  async last(subject: string): Promise<{ readonly subject: string; readonly text: string } | undefined> {
    const found = await this.#manager.streams.getMessage(this.#options.stream, { last_by_subj: subject });
    return found === null ? undefined : { subject: found.subject, text: found.string() };
  }

  /** The subjects of messages, of those with a pattern. @throws errors of the client. */
  async subjectsOf(pattern: string): Promise<readonly string[]> {
    const { state } = await this.#manager.streams.info(this.#options.stream, { subjects_filter: pattern });
    return Object.keys(state.subjects ?? {});
  }

  /** Removes all messages of subjects with a pattern. @throws errors of the client. */
  async remove(pattern: string): Promise<void> {
    await this.#manager.streams.purge(this.#options.stream, { filter: pattern });
  }

  async #info(): Promise<StreamInfo> {
    const { stream } = this.#options;
    try {
      return await this.#manager.streams.info(stream);
    } catch (error) {
      if (!isUnknownStream(error)) throw error;
      const message = `expected the stream ${stream} to exist; correct the name and the domain, or create the stream`;
      throw natsSinkError('MR_SINK_NATS_STREAM_UNKNOWN', message, { details: { stream } });
    }
  }

  #assertFit({ config }: StreamInfo): void {
    const { stream, subject, delivery } = this.#options;
    const ledger = `${ledgerSubjectOf(this.#options)}.>`;
    const isOnce = delivery === 'effectively-once';
    if (!this.#has(subject)) throw unfit(stream, `the subject ${subject}, got ${this.subjects.join(', ')}`);
    if (!isOnce) return;
    const version = this.link.connection.info?.version ?? '';
    const hint = 'set delivery to at-least-once for a server without atomic batches';
    if (!isFrom(version, ATOMIC_SINCE)) throw unfit(stream, `a server from 2.12 on, got ${version}; ${hint}`);
    if (config.allow_atomic !== true) throw unfit(stream, `allow_atomic; set allow_atomic, or ${hint}`);
    if (!this.#has(ledger.replace('>', 'a.0.1.count')))
      throw unfit(
        stream,
        `the subjects ${ledger} for the ledger; add ${ledger} to the subjects of the stream`,
      );
  }

  #has(subject: string): boolean {
    return this.subjects.some((pattern) => isInside(subject, pattern));
  }
}

function isFrom(version: string, [major, minor]: readonly [number, number]): boolean {
  const [foundMajor = 0, foundMinor = 0] = version.split('.').map(Number);
  return foundMajor > major || (foundMajor === major && foundMinor >= minor);
}

function unfit(stream: string, expected: string): Error {
  const message = `expected the stream ${stream} with ${expected}`;
  return natsSinkError('MR_SINK_NATS_STREAM_UNFIT', message, { details: { stream } });
}
