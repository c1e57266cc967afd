// The life of the receiver behind `kafkaPartition`. One object is one connection; after a failure the receiver requests a
// restart, and the next object goes on behind the last registered record.
import { isKafkaAnswer } from '@millrace/connection-kafka';
import { type Receiver, type ReceiverContext } from '@millrace/core';
import type { MalformedReaction } from '@millrace/core/engine';
import type { ReceiverGauges } from '@millrace/core/observation';
import { kafkaFailure } from '../connection/kafka-failure.ts';
import { messageDecoder } from '../decoding/message-decoder.ts';
import { malformedReaction } from '../decoding/malformed.ts';
import { PartitionSource } from './partition-source.ts';
import { kafkaError } from '../kafka-errors.ts';
import { keptPosition, type KafkaRun } from './kafka-position.ts';
import type { KafkaPartitionOptions } from './partition-options.ts';
import { PartitionReading } from './partition-reading.ts';

/** The place of the first record of a life. */
interface Beginning {
  readonly from: number;
  readonly run: KafkaRun;
}

/** Reads one partition by offset. */
export class PartitionReceiver implements Receiver<unknown> {
  readonly #options: KafkaPartitionOptions;
  #source: PartitionSource | undefined;
  #reading: PartitionReading | undefined;
  #malformed: MalformedReaction | undefined;
  #read: Promise<void> | undefined;

  constructor(options: KafkaPartitionOptions) {
    this.#options = options;
  }

  /** Resolves when the topic was found. */
  async start(context: ReceiverContext<unknown>): Promise<void> {
    try {
      // Two answers are held at once.
      const maxBytes = Math.ceil(this.#options.maxBytesInFlight / 2);
      const source = await PartitionSource.open({ ...this.#options, maxBytes }, context, (opened) => {
        this.#source = opened;
      });
      const beginning = await this.#beginning(source, context);
      if (beginning === undefined || context.signal.aborted) return;
      context.log.info('receiver reads a partition', { ...this.#place, offset: beginning.from });
      this.#read = this.#readFrom(beginning, source, context);
    } catch (error) {
      // A start that was interrupted by a stop is no failure.
      if (!context.signal.aborted) throw this.#failure('find the topic', error);
    }
  }

  /** Closes the connection, and resolves when nothing is read any more. */
  async stop(): Promise<void> {
    await this.#source?.close();
    await this.#read;
    this.#malformed?.end();
  }

  /** The records between the last stored one and the end of the partition. */
  gauges(): ReceiverGauges {
    const end = this.#source?.end;
    const next = this.#reading?.next;
    return end === undefined || next === undefined ? {} : { lagRecords: Math.max(0, end - next) };
  }

  get #place() {
    const { topic, partition } = this.#options;
    return { topic, partition };
  }

  /** Undefined when the receiver ends at a gap. */
  async #beginning(
    source: PartitionSource,
    context: ReceiverContext<unknown>,
  ): Promise<Beginning | undefined> {
    const { topicId } = source;
    if (context.resumeFrom === undefined) {
      const first = await source.offsetAt(this.#options.from);
      return { from: first, run: { topicId, first } };
    }
    const { offset, run } = keptPosition(context.resumeFrom);
    if (run.topicId === topicId) return { from: offset + 1, run };
    return await this.#behindGap(source, context, `the topic was made anew since offset ${offset} was read`);
  }

  /** Reads until the end; a gap begins another run. Never rejects. */
  async #readFrom(
    beginning: Beginning,
    source: PartitionSource,
    context: ReceiverContext<unknown>,
  ): Promise<void> {
    try {
      let next: Beginning | undefined = beginning;
      while (next !== undefined) next = await this.#readRun(next, source, context);
    } catch (error) {
      if (context.signal.aborted) return;
      const failure = this.#failure('read', error);
      context.restart(failure.message, failure);
    }
  }

  /** Reads one run; the next run behind a gap, or undefined at the end. */
  async #readRun(
    { from, run }: Beginning,
    source: PartitionSource,
    context: ReceiverContext<unknown>,
  ): Promise<Beginning | undefined> {
    const malformed = (this.#malformed ??= malformedReaction(context, this.#options.onMalformed));
    const decode = messageDecoder(this.#options, this.#place);
    const reading = new PartitionReading({
      context,
      source,
      decode,
      malformed,
      place: this.#place,
      run,
      from,
    });
    this.#reading = reading;
    try {
      await reading.read();
      return undefined;
    } catch (error) {
      const isGap = !context.signal.aborted && isKafkaAnswer(error, 'OFFSET_OUT_OF_RANGE');
      if (!isGap) throw error;
      return await this.#behindGap(source, context, `the topic no longer has offset ${reading.next}`);
    }
  }

  /** By `onGap`: the beginning behind a gap, or undefined and the end of the receiver. */
  async #behindGap(
    source: PartitionSource,
    context: ReceiverContext<unknown>,
    reason: string,
  ): Promise<Beginning | undefined> {
    const { topic, partition } = this.#place;
    const first = await source.offsetAt('earliest');
    const message = `${reason}, and ${topic}[${partition}] begins at offset ${first} now`;
    const error = kafkaError('MR_KAFKA_GAP', message, { details: { topic, partition, first } });
    if (this.#options.onGap === 'earliest') {
      context.reportError(`${message}; the receiver goes on there`, error);
      return { from: first, run: { topicId: source.topicId, first } };
    }
    context.stop(`${message}; decide about the lost records, then set onGap to earliest`, error);
    return undefined;
  }

  #failure(what: string, error: unknown) {
    const { topic, partition } = this.#place;
    return kafkaFailure(error, { what: `${what} ${topic}[${partition}]`, options: this.#options });
  }
}
