// The partitions of received blocks. The driver's log has the blocks of a batch with their marks, so a batch has the
// same partitions each time it runs, on any executor (BAT-4).
import type { ReceivedBlockInfo } from '@millrace/core';

/** Joins each block that continues the partition of the block before it, on the same executor, to that partition. */
export function blockPartitions(
  blocks: readonly ReceivedBlockInfo[],
): readonly (readonly ReceivedBlockInfo[])[] {
  const partitions: ReceivedBlockInfo[][] = [];
  for (const block of blocks) {
    const last = partitions.at(-1);
    if (block.continues === true && last?.[0]?.executorId === block.executorId) last.push(block);
    else partitions.push([block]);
  }
  return partitions;
}
