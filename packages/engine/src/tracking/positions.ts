// Where a replayable source goes on. Its receiver gives a position with every record; the position of the last record
// of a block is kept with the block, so what is registered and how far the source was read are one thing.
import type { ReceivedBlockInfo } from '@millrace/core';
import { positionIn } from '../receiving/block-position.ts';

/** The position behind the last of these blocks that has one; undefined when none has. */
export function positionOf(blocks: readonly ReceivedBlockInfo[]): unknown {
  const last = blocks.findLast((block) => positionIn(block.metadata) !== undefined);
  return positionIn(last?.metadata);
}
