// Batches as a broker returns them.
import type { KafkaRecord, RecordsBatch } from '@platformatic/kafka';

/** A batch by its first offset. */
export interface BatchOf {
  readonly at: number;
  /** The values; the number of records. */
  readonly values?: readonly string[];
  /** Offsets of the records behind `at`, for a batch with holes. Default: 0, 1, 2, … */
  readonly deltas?: readonly number[];
  readonly producer?: number;
  readonly kind?: 'plain' | 'transactional' | 'commit' | 'abort';
  /** Time of the first record; the others follow by a millisecond each. */
  readonly timeMs?: number;
  /** True when the broker has set the time, to `timeMs + 100`. */
  readonly isAppendTime?: boolean;
}

/** Makes a batch. */
export function batch({
  at,
  values = [],
  deltas = values.map((_, index) => index),
  producer = -1,
  kind = 'plain',
  timeMs = 0,
  isAppendTime = false,
}: BatchOf): RecordsBatch {
  const isMarker = kind === 'commit' || kind === 'abort';
  const records = isMarker
    ? [record({ key: Buffer.from([0, 0, 0, kind === 'abort' ? 0 : 1]) })]
    : values.map((value, index) =>
        record({ value: Buffer.from(value), offsetDelta: deltas[index] ?? 0, timestampDelta: BigInt(index) }),
      );
  const attributes = (kind === 'plain' ? 0 : 1 << 4) | (isMarker ? 1 << 5 : 0) | (isAppendTime ? 1 << 3 : 0);
  return {
    firstOffset: BigInt(at),
    length: 0,
    partitionLeaderEpoch: 0,
    magic: 2,
    crc: 0,
    attributes,
    lastOffsetDelta: isMarker ? 0 : (deltas.at(-1) ?? 0),
    firstTimestamp: BigInt(timeMs),
    maxTimestamp: BigInt(timeMs + 100),
    producerId: BigInt(producer),
    producerEpoch: 0,
    firstSequence: 0,
    records,
  };
}

/** Makes a record. */
export function record(fields: Partial<KafkaRecord>): KafkaRecord {
  return {
    length: fields.value?.length ?? 0,
    attributes: 0,
    timestampDelta: 0n,
    offsetDelta: 0,
    key: null,
    value: null,
    headers: [],
    ...fields,
  };
}
