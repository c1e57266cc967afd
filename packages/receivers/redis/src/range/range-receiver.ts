// The life of the receiver behind `redisStreamRange`. One object is one connection; after a failure the receiver requests a
// restart, and the next object goes on behind the last registered record.
import type { Receiver, ReceiverContext } from '@millrace/core';
import type { MalformedReaction } from '@millrace/core/engine';
import type { ReceiverGauges } from '@millrace/core/observation';
import { FIRST_ID, idBefore } from '../connection/entry-id.ts';
import { redisFailure } from '../connection/redis-failure.ts';
import { entryDecoder, textEntryDecoder } from '../decoding/entry-decoder.ts';
import { malformedReaction } from '../decoding/malformed.ts';
import { aborted } from '../reading/aborted.ts';
import { redisError } from '../redis-errors.ts';
import type { RedisStreamRangeOptions } from './range-options.ts';
import { keptPosition } from './range-position.ts';
import { type RangeBeginning, RangeReading } from './range-reading.ts';
import { RangeSource } from './range-source.ts';
import { writtenBefore } from './stream-state.ts';

/** The largest answer of the server. */
const ANSWER_BYTES_MAX = 1_048_576;

/** Reads a stream by id. */
export class RangeReceiver implements Receiver<unknown> {
  readonly #options: RedisStreamRangeOptions;
  #source: RangeSource | undefined;
  #reading: RangeReading | undefined;
  #malformed: MalformedReaction | undefined;
  #read: Promise<void> | undefined;
  #isFailed = false;

  constructor(options: RedisStreamRangeOptions) {
    this.#options = options;
  }

  /** Resolves when the stream was found. */
  async start(context: ReceiverContext<unknown>): Promise<void> {
    try {
      const kept = context.resumeFrom === undefined ? undefined : keptPosition(context.resumeFrom);
      const source = await RangeSource.create(this.#options, context);
      if (context.signal.aborted) return;
      this.#source = source;
      // A server that is silent must not delay a stop.
      const beginning = await Promise.race([this.#begin(source, kept), aborted(context.signal)]);
      if (context.signal.aborted || beginning === undefined) return;
      context.log.info('receiver reads a stream', { stream: this.#options.stream, behind: beginning.id });
      source.onLost((error) => this.#fail(context, error));
      this.#read = this.#readFrom(beginning, source, context);
    } catch (error) {
      // A start that was interrupted by a stop is no failure.
      if (!context.signal.aborted) throw this.#failure('find', error);
    }
  }

  /** Closes the connection, and resolves when nothing is read any more. */
  async stop(): Promise<void> {
    await this.#source?.close();
    await this.#read;
    this.#malformed?.end();
  }

  /** The entries between the last stored one and the end of the stream. */
  gauges(): ReceiverGauges {
    const lag = this.#reading?.lag;
    return lag === undefined ? {} : { lagRecords: lag };
  }

  async #begin(
    source: RangeSource,
    kept: ReturnType<typeof keptPosition> | undefined,
  ): Promise<RangeBeginning> {
    const { from, create } = this.#options;
    await source.open(create);
    if (kept !== undefined) return { ...kept, written: kept.written ?? undefined };
    const state = await source.state();
    const id = from === 'latest' ? state.last : from === 'earliest' ? FIRST_ID : idBefore(from.timestampMs);
    // A time after the newest entry: whatever is written before that time is none of this stream.
    return { id, count: 0, written: writtenBefore(id, state), run: { behind: id, number: 0 } };
  }

  /** Never rejects. */
  async #readFrom(
    beginning: RangeBeginning,
    source: RangeSource,
    context: ReceiverContext<unknown>,
  ): Promise<void> {
    const { stream, onMalformed, maxBytesInFlight } = this.#options;
    const malformed = (this.#malformed = malformedReaction(context, onMalformed));
    const reading = new RangeReading(
      {
        context,
        source,
        decode: entryDecoder(this.#options, stream),
        decodeTexts: textEntryDecoder(this.#options, stream),
        malformed,
        stream,
        answerBytes: Math.min(ANSWER_BYTES_MAX, maxBytesInFlight),
        onGap: (reason, place) => this.#onGap(context, reason, place),
      },
      beginning,
    );
    this.#reading = reading;
    try {
      await reading.read();
    } catch (error) {
      this.#fail(context, error);
    }
  }

  /** By `onGap`: true when the receiver goes on. */
  #onGap(context: ReceiverContext<unknown>, reason: string, place: string): boolean {
    const { stream, onGap } = this.#options;
    const message = `entries behind ${place} of stream ${JSON.stringify(stream)} are gone: ${reason}`;
    const error = redisError('MR_REDIS_GAP', message, { details: { stream, place } });
    if (onGap === 'earliest') {
      context.reportError(`${message}; the receiver goes on with the oldest entry behind`, error);
      return true;
    }
    context.stop(`${message}; decide about the lost entries, then set onGap to earliest`, error);
    return false;
  }

  /** Requests a restart, once. */
  #fail(context: ReceiverContext<unknown>, error: unknown): void {
    if (this.#isFailed || context.signal.aborted) return;
    this.#isFailed = true;
    const failure = this.#failure('read', error);
    context.restart(failure.message, failure);
  }

  #failure(what: string, error: unknown) {
    const { stream } = this.#options;
    return redisFailure(error, { what: `${what} stream ${JSON.stringify(stream)}`, options: this.#options });
  }
}
