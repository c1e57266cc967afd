// Operators that move records and leave them unchanged.
import { partitionCount as checkedCount } from './positive-integer.ts';
import type { RddNode, RddRecipe } from './rdd-node.ts';
import type { Pair } from './pair.ts';
import { readPlain, shuffledRdd } from './shuffled-rdd.ts';
import { ScatteringWriter } from './scattering-writer.ts';
import { DealingWriter, KeyedWriter, type Original } from './shuffle-writer.ts';

/** See `RDD.repartition`. */
export function repartition<T>(parent: RddNode<T>, count: number): RddRecipe<T> {
  const partitionCount = checkedCount('repartition', count);
  return shuffledRdd<T, T>({
    parent,
    partitionCount,
    hashed: false,
    createWriter: (mapPartition) =>
      parent.hasCertainOrder
        ? new DealingWriter(partitionCount, mapPartition)
        : new ScatteringWriter(partitionCount),
    read: readPlain,
  });
}

/**
 * See `RDD.partitionBy`; also for pairs that are in the partitions of their keys already. `original`: for pairs of the engine's
 * own form; default: a report has the pair.
 */
export function partitionBy<K, V>(
  parent: RddNode<Pair<K, V>>,
  partitionCount: number,
  original?: Original<K, V>,
): RddRecipe<[K, V]> {
  return shuffledRdd<Pair<K, V>, [K, V]>({
    parent,
    partitionCount,
    hashed: true,
    createWriter: () => new KeyedWriter<K, V>(partitionCount, original),
    read: readPlain,
  });
}

/** The pairs in the partitions of their keys: the parent itself when they are there already. */
export function placedByKey<K, V>(
  parent: RddNode<Pair<K, V>>,
  partitionCount: number,
  original?: Original<K, V>,
): RddNode<[K, V]> {
  // The caller may change the pairs or not; the pairs are the same, because no operator here changes them.
  if (parent.hashPartitions === partitionCount) return parent as RddNode<[K, V]>;
  return parent.environment.define(partitionBy(parent, partitionCount, original));
}

/**
 * Number of partitions of a shuffle of these parents: the requested number, else the largest number that a parent
 * is already hashed into (such a parent need not move), else the default parallelism.
 */
export function shuffleCount(parents: readonly RddNode<unknown>[], requested?: number): number {
  if (requested !== undefined) return checkedCount('partitions', requested);
  const hashed = parents.reduce((most, { hashPartitions = 0 }) => Math.max(most, hashPartitions), 0);
  return hashed || (parents[0]?.environment.defaultParallelism ?? 1);
}
