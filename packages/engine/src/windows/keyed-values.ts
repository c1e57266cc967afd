// Windows over values grouped by key: every batch has grouped its own, here the groups of a key are put together.
import type { RDD } from '../rdd/rdd.ts';

/** One list for every key, in the order in which its parts come. */
export function concatenateByKey<K, V>(rdd: RDD<[K, V[]]>, partitions?: number): RDD<[K, V[]]> {
  return rdd.combineByKey<K, V[], V[]>((values) => [...values], append, append, {
    // The lists would move as they are: putting them together before would only copy them once more.
    mapSideCombine: false,
    ...(partitions === undefined ? {} : { partitions }),
  });
}

function append<V>(all: V[], more: readonly V[]): V[] {
  for (const value of more) all.push(value);
  return all;
}
