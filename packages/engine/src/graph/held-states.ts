// Keeping batches while a checkpoint reads them. The RDD of a batch is enough as long as its partitions are cached; a
// partition that is not has to be computed, and then the state before it must still be there as of that batch.
import type { BatchTime } from '@millrace/core';
import type { StreamNode } from './stream-node.ts';

/**
 * Forgets neither the stream's batches from `from` on nor the state that they are made with, until the function that it
 * gives is called.
 */
export function holdWithStates(stream: StreamNode<unknown>, from: BatchTime): () => void {
  const releases = [stream.hold(from)];
  const seen = new Set<StreamNode<unknown>>(stream.parents);
  // A set gives what is added to it while it is read.
  for (const parent of seen) {
    // What the stream reads of its parents is as much older as they remember longer.
    if (parent.remembers) releases.push(parent.hold(from - (parent.rememberMs - stream.rememberMs)));
    else for (const grandparent of parent.parents) seen.add(grandparent);
  }
  return () => {
    for (const release of releases) release();
  };
}
