// A record as passed to sinks, and the identity of its partition.
import type { SinkWrite } from '@millrace/core';

/** A record for a sink: a text with its batch and partition. */
export interface SinkRow {
  readonly batch: number;
  readonly part: number;
  readonly text: string;
}

/** The content of a destination: the texts of each partition that has any, or that left a trace. */
export type Partitions = ReadonlyMap<PartitionKey, readonly string[]>;

/** The batch time and the partition. */
export type PartitionKey = `${number}/${number}`;

/** The key of a partition. */
export function partitionKey(batchTime: number, partition: number): PartitionKey {
  return `${batchTime}/${partition}`;
}

/** The batch time and the partition of a key. */
export function ofKey(key: PartitionKey): readonly [batchTime: number, partition: number] {
  const [batchTime, partition] = key.split('/');
  return [Number(batchTime), Number(partition)];
}

/** The rows of a partition. */
export function rowsOf(texts: readonly string[], { batchTime, partition }: SinkWrite): readonly SinkRow[] {
  return texts.map((text) => ({ batch: batchTime, part: partition, text }));
}
