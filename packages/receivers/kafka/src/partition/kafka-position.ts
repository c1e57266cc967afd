// The position of a record of a partition, and the meaning of ranges between positions. A position names the run to which its
// record belongs: a run is one uninterrupted reading of one topic. A run begins at the start of the stream, at a gap, and in a
// topic that was made anew under the same name.
//
//   run 1 (topic A from 0)            gap       run 2 (topic A from 500)
//   0 ──── 99   100 ──── 180                    500 ──── 560
//   └ {to: 99}  └ {from: 99, to: 180}           └ {from: 180, to: 560}: all records since the beginning of run 2
import type { SourceRange } from '@millrace/core';
import { kafkaError } from '../kafka-errors.ts';

/** One uninterrupted reading of a topic. */
export interface KafkaRun {
  /** The id of the topic, which differs for a topic that was made anew. */
  readonly topicId: string;
  /** The offset of the first record. */
  readonly first: number;
}

/** The position right behind one record. */
export interface KafkaPosition {
  readonly offset: number;
  readonly run: KafkaRun;
}

/** The offsets of a range, both included. */
export interface OffsetRange {
  readonly topicId: string;
  readonly first: number;
  readonly last: number;
}

/**
 * A position that the engine has kept.
 *
 * @throws `MR_KAFKA_POSITION_UNKNOWN` for anything else.
 */
export function keptPosition(value: unknown): KafkaPosition {
  const { offset, run } = (value ?? {}) as Partial<Record<keyof KafkaPosition, unknown>>;
  const { topicId, first } = (run ?? {}) as Partial<Record<keyof KafkaRun, unknown>>;
  if (isOffset(offset) && isOffset(first) && typeof topicId === 'string')
    return { offset, run: { topicId, first } };
  throw kafkaError(
    'MR_KAFKA_POSITION_UNKNOWN',
    'expected a position of kafkaPartition as the place to go on from; another receiver had this place in the program',
  );
}

/** The offsets of a range. @throws `MR_KAFKA_POSITION_UNKNOWN` */
export function offsetsOf({ from, to }: SourceRange): OffsetRange {
  const last = keptPosition(to);
  const before = from === undefined ? undefined : keptPosition(from);
  const isSameRun = before?.run.topicId === last.run.topicId && before.run.first === last.run.first;
  const first = isSameRun ? before.offset + 1 : last.run.first;
  return { topicId: last.run.topicId, first, last: last.offset };
}

function isOffset(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
