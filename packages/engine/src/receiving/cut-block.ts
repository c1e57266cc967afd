// A block on its way from the generator to the handler, with everything that travels along.
import type { AckToken, Block, BlockId } from '@millrace/core';

/** A block that was cut, its name, and the data for its registration. */
export interface CutBlock {
  readonly id: BlockId;
  readonly block: Block;
  /** True when the block continues the partition of the block before (`PartitionRun`). */
  readonly continues: boolean;
  /** The tokens of its records, in the order of `store`; empty without tokens. */
  readonly tokens: readonly AckToken[];
  /** The receiver's metadata of the block; undefined without any. */
  readonly metadata: unknown;
}
