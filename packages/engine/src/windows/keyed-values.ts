// Windows over values grouped by key: every batch is grouped on its own, and the groups of a key are concatenated here.
import type { RDD } from '../rdd/rdd.ts';

/** One list for every key, in the order of its parts. */
export function concatenateByKey<K, V>(rdd: RDD<[K, V[]]>, partitions?: number): RDD<[K, V[]]> {
  return rdd.combineByKey<K, V[], V[]>((values) => [...values], append, append, {
    // The lists would move unchanged: concatenating on the map side would only copy each list once more.
    mapSideCombine: false,
    ...(partitions === undefined ? {} : { partitions }),
  });
}

function append<V>(all: V[], more: readonly V[]): V[] {
  for (const value of more) all.push(value);
  return all;
}
