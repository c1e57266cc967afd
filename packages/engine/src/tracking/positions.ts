// The position at which a replayable source continues. Its receiver gives a position with every record; the position of
// the last record of a block is kept with the block, so the registered blocks and the position never differ.
import type { ReceivedBlockInfo } from '@millrace/core';
import { positionIn } from '../receiving/block-position.ts';

/** The position of the last of these blocks that has one; undefined when none has. */
export function positionOf(blocks: readonly ReceivedBlockInfo[]): unknown {
  const last = blocks.findLast((block) => positionIn(block.metadata) !== undefined);
  return positionIn(last?.metadata);
}
