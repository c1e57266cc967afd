// Reads a part of a partition once more, for a block that the log keeps as a range. The part has to be there as a whole:
// fewer records than before would silently change a batch.
import { isKafkaAnswer, isUnknownTopic } from '@millrace/connection-kafka';
import type { RangeContext, SourcePiece, SourceRange } from '@millrace/core';
import { MalformedValue } from '@millrace/core/engine';
import { kafkaFailure } from '../connection/kafka-failure.ts';
import { messageDecoder } from '../decoding/message-decoder.ts';
import { DeliveredRecords } from '../fetching/delivered-records.ts';
import { type PartitionAnswer, PartitionSource } from './partition-source.ts';
import { kafkaError } from '../kafka-errors.ts';
import { type OffsetRange, offsetsOf } from './kafka-position.ts';
import type { KafkaPartitionOptions } from './partition-options.ts';

/** The bytes of one answer; the records of one answer are one piece. */
const ANSWER_BYTES = 1_048_576;
/** Answers without news, each after half a second, before the records count as missing for now. */
const EMPTY_ANSWERS_MAX = 20;

/**
 * The records of a range, as they were stored.
 *
 * @throws `MR_KAFKA_RANGE_LOST`; `MR_KAFKA_UNREACHABLE` and others that may be temporary.
 */
export async function* partitionRange(
  options: KafkaPartitionOptions,
  range: SourceRange,
  context: RangeContext,
): AsyncGenerator<SourcePiece<unknown>> {
  const offsets = offsetsOf(range);
  let source: PartitionSource | undefined;
  const close = (): void => void source?.close();
  context.signal.addEventListener('abort', close, { once: true });
  try {
    context.signal.throwIfAborted();
    const sourceOptions = { ...options, ranges: false, create: false, partitionCount: undefined };
    await PartitionSource.open({ ...sourceOptions, maxBytes: ANSWER_BYTES }, context, (opened) => {
      source = opened;
    });
    if (source?.topicId !== offsets.topicId) throw lost(options, offsets, 'the topic was made anew');
    yield* piecesOf(options, offsets, source);
  } catch (error) {
    context.signal.throwIfAborted();
    if (isUnknownTopic(error)) throw lost(options, offsets, 'the topic is gone');
    if (isKafkaAnswer(error, 'OFFSET_OUT_OF_RANGE')) throw lost(options, offsets, 'the records were removed');
    const what = `read ${options.topic}[${options.partition}] again`;
    throw kafkaFailure(error, { what, options });
  } finally {
    context.signal.removeEventListener('abort', close);
    await source?.close();
  }
}

async function* piecesOf(
  options: KafkaPartitionOptions,
  { topicId, first, last }: OffsetRange,
  source: PartitionSource,
): AsyncGenerator<SourcePiece<unknown>> {
  let next = first;
  let empty = 0;
  while (next <= last) {
    const answer = await source.fetch(next);
    if (answer === undefined) {
      empty += 1;
      await assertStillThere(options, { topicId, first: next, last }, source, empty);
      continue;
    }
    const records = recordsOf(options, answer, { from: next, last });
    if (records.length > 0) yield { kind: 'records', records };
    next = answer.next;
  }
}

function recordsOf(
  options: KafkaPartitionOptions,
  answer: PartitionAnswer,
  { from, last }: { readonly from: number; readonly last: number },
): readonly unknown[] {
  const delivered = new DeliveredRecords(answer, from);
  const decode = messageDecoder(options, options);
  const found: unknown[] = [];
  for (let message = delivered.next(); message !== undefined; message = delivered.next()) {
    if (delivered.offset > last) break;
    const value = decode(message, delivered.offset, (one) => delivered.timestampMs(one));
    // Left out in the first reading too, and reported there.
    if (!(value instanceof MalformedValue)) found.push(value);
  }
  return found;
}

/** A broker without news: the records are gone, or another broker has just become the leader and has them soon. */
async function assertStillThere(
  options: KafkaPartitionOptions,
  rest: OffsetRange,
  source: PartitionSource,
  empty: number,
): Promise<void> {
  const end = await source.offsetAt('latest');
  if (end <= rest.last) throw lost(options, rest, `the partition ends at offset ${end}`);
  if (empty < EMPTY_ANSWERS_MAX) return;
  throw kafkaError(
    'MR_KAFKA_FAILED',
    `no answer with offset ${rest.first} of ${options.topic}[${options.partition}]`,
  );
}

function lost(
  { topic, partition }: KafkaPartitionOptions,
  { first, last }: OffsetRange,
  reason: string,
): Error {
  const message = `expected the records from offset ${first} to ${last} of ${topic}[${partition}] as in the first reading: ${reason}; the retention has to be longer than the time between checkpoints`;
  return kafkaError('MR_KAFKA_RANGE_LOST', message, { details: { topic, partition, first, last } });
}
