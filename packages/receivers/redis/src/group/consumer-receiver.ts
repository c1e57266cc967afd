// The life of the receiver behind `redisStream`. One object is one pair of connections; after a failure the receiver requests a
// restart, and the next object begins with the entries that were not acknowledged.
import type { Receiver, ReceiverContext } from '@millrace/core';
import type { MalformedReaction } from '@millrace/core/engine';
import type { ReceiverGauges } from '@millrace/core/observation';
import { redisFailure } from '../connection/redis-failure.ts';
import { entryDecoder } from '../decoding/entry-decoder.ts';
import { malformedReaction } from '../decoding/malformed.ts';
import { aborted } from '../reading/aborted.ts';
import type { RedisConsumerOptions } from './group-options.ts';
import { ConsumerReading } from './consumer-reading.ts';
import { ConsumerSource } from './consumer-source.ts';
import { HeldEntries, type HeldEntry } from './held-entries.ts';

/** The largest answer of the server; several answers have room in the bound of bytes. */
const ANSWER_BYTES_MAX = 1_048_576;
const ANSWERS_IN_BOUND = 4;

/** Reads a stream as a consumer of a group. */
export class ConsumerReceiver implements Receiver<unknown> {
  readonly #options: RedisConsumerOptions;
  readonly #held: HeldEntries;
  #context: ReceiverContext<unknown> | undefined;
  #source: ConsumerSource | undefined;
  #reading: ConsumerReading | undefined;
  #malformed: MalformedReaction | undefined;
  #read: Promise<void> | undefined;
  #isFailed = false;

  constructor(options: RedisConsumerOptions) {
    this.#options = options;
    this.#held = new HeldEntries({ maxRecords: options.maxInFlight, maxBytes: options.maxBytesInFlight });
  }

  /** Resolves when the group was found. */
  async start(context: ReceiverContext<unknown>): Promise<void> {
    const { stream, group, consumer } = this.#options;
    this.#context = context;
    try {
      const source = await ConsumerSource.create(this.#options, context);
      if (context.signal.aborted) return;
      this.#source = source;
      // A server that is silent must not delay a stop.
      await Promise.race([source.open(), aborted(context.signal)]);
      if (context.signal.aborted) return;
      source.onLost((error) => this.#fail('read', error));
      context.log.info('receiver reads a stream as a consumer of a group', { stream, group, consumer });
      this.#read = this.#readAll(source, context);
    } catch (error) {
      // A start that was interrupted by a stop is no failure.
      if (!context.signal.aborted) throw this.#failure('find', error);
    }
  }

  /** Acknowledges all tokens at once. */
  async acknowledge(tokens: readonly unknown[]): Promise<void> {
    const ids = (tokens as readonly HeldEntry[]).map(({ id }) => id);
    try {
      await this.#source?.acknowledge(ids);
    } catch (error) {
      throw this.#failure('acknowledge entries of', error);
    }
    this.#held.release(ids.length);
  }

  /** Ends reading. The other connection stays open until `closed`, so that acknowledgements arrive. */
  async stop(): Promise<void> {
    this.#held.wake();
    await this.#source?.closeReader();
    await this.#read;
    this.#malformed?.end();
  }

  /** Closes the connections. */
  async closed(): Promise<void> {
    await this.#source?.close();
  }

  /** Entries that the group has not delivered yet, and entries that were delivered again. */
  gauges(): ReceiverGauges {
    const reading = this.#reading;
    if (reading === undefined) return {};
    const { lag, redelivered } = reading;
    return { ...(lag === undefined ? {} : { lagRecords: lag }), redeliveredRecords: redelivered };
  }

  /** Never rejects. */
  async #readAll(source: ConsumerSource, context: ReceiverContext<unknown>): Promise<void> {
    const { stream, claimAfterMs, maxBytesInFlight, onMalformed } = this.#options;
    const malformed = (this.#malformed = malformedReaction(context, onMalformed));
    const reading = new ConsumerReading({
      context,
      source,
      held: this.#held,
      decode: entryDecoder(this.#options, stream),
      malformed,
      stream,
      claimAfterMs,
      answerBytes: Math.min(ANSWER_BYTES_MAX, Math.ceil(maxBytesInFlight / ANSWERS_IN_BOUND)),
    });
    this.#reading = reading;
    try {
      await reading.read();
    } catch (error) {
      this.#fail('read', error);
    }
  }

  /** Requests a restart, once. */
  #fail(what: string, error: unknown): void {
    const context = this.#context;
    if (this.#isFailed || context === undefined || context.signal.aborted) return;
    this.#isFailed = true;
    const failure = this.#failure(what, error);
    context.restart(failure.message, failure);
  }

  #failure(what: string, error: unknown) {
    const { stream, group } = this.#options;
    const place = `stream ${JSON.stringify(stream)} in group ${JSON.stringify(group)}`;
    return redisFailure(error, { what: `${what} ${place}`, options: this.#options });
  }
}
