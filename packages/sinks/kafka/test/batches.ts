// Batches of a ledger as a broker returns them.
import type { KafkaRecord, RecordsBatch } from '@platformatic/kafka';

/** A batch by its first offset. */
export interface BatchOf {
  readonly at: number;
  readonly producer: number;
  /** The values of the messages; or the kind of a marker. */
  readonly values: readonly string[] | 'commit' | 'abort';
  readonly isTransactional?: boolean;
}

/** Makes a batch. */
export function batch({ at, producer, values, isTransactional = true }: BatchOf): RecordsBatch {
  const records =
    typeof values === 'string'
      ? [record({ key: Buffer.from([0, 0, 0, values === 'abort' ? 0 : 1]) })]
      : values.map((value, offsetDelta) => record({ value: Buffer.from(value), offsetDelta }));
  return {
    firstOffset: BigInt(at),
    length: 0,
    partitionLeaderEpoch: 0,
    magic: 2,
    crc: 0,
    attributes: (isTransactional ? 1 << 4 : 0) | (typeof values === 'string' ? 1 << 5 : 0),
    lastOffsetDelta: records.length - 1,
    firstTimestamp: 0n,
    maxTimestamp: 0n,
    producerId: BigInt(producer),
    producerEpoch: 0,
    firstSequence: 0,
    records,
  };
}

function record(fields: Partial<KafkaRecord>): KafkaRecord {
  return { length: 0, attributes: 0, timestampDelta: 0n, offsetDelta: 0, key: null, value: null, headers: [], ...fields }; // prettier-ignore
}
