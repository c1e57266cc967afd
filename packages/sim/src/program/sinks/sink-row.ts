// A record as sinks get it, and the identity of the partition that it is in.
import type { SinkWrite } from '@millrace/core';

/** A record on its way to a sink: as a text, with the batch and the partition that it belongs to. */
export interface SinkRow {
  readonly batch: number;
  readonly part: number;
  readonly text: string;
}

/** What is outside: the texts of each partition that has any, or that left a trace. */
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
