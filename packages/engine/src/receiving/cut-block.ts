// A block on its way from the generator to the handler, with what has to travel along.
import type { AckToken, Block, BlockId } from '@millrace/core';

/** A block that was cut, its name, and what happens once it is stored. */
export interface CutBlock {
  readonly id: BlockId;
  readonly block: Block;
  /** The tokens of its records, in the order of `store`; empty when none were given. */
  readonly tokens: readonly AckToken[];
  /** What the receiver said about the block; undefined when it said nothing. */
  readonly metadata: unknown;
}
