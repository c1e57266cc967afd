// Holds batches while a checkpoint reads them. The RDD of a batch is enough as long as its partitions are cached; an
// uncached partition has to be computed, and then the earlier state must still exist as of that batch.
import type { BatchTime } from '@millrace/core';
import type { GraphStream } from './graph-stream.ts';

/**
 * Holds the stream's batches from `from` on, and the state that these batches are made with, until the returned
 * function is called.
 */
export function holdWithStates(stream: GraphStream<unknown>, from: BatchTime): () => void {
  const releases = [stream.hold(from)];
  const seen = new Set<GraphStream<unknown>>(stream.parents);
  // Iterating a set also visits the entries added meanwhile.
  for (const parent of seen) {
    // A parent is read as far back as its remember duration exceeds the stream's.
    if (parent.remembers) releases.push(parent.hold(from - (parent.rememberMs - stream.rememberMs)));
    else for (const grandparent of parent.parents) seen.add(grandparent);
  }
  return () => {
    for (const release of releases) release();
  };
}
