// The driver's side of a log for blocks that all executors write to. Such a log has no owner among the executors that could
// clean it: only the driver knows which blocks a batch still needs. The keeper hears of each decision about blocks once the
// decision is durable, and removes from the log what no batch will need again (WAL-4).
import type { ReceivedBlockInfo } from './block.ts';
import type { BatchTime } from './identifiers.ts';
import { portToken } from './port-token.ts';

/**
 * Keeps the blocks of a log as long as a batch needs them, and removes them afterwards.
 *
 * Called on the driver only, in the order of the decisions: first with the decisions of earlier drivers, then `recovered`,
 * then with the decisions of this driver. Every call returns at once and must not throw; the keeper removes blocks behind
 * its own back and repeats what fails. Many blocks concern other places: blocks in memory, blocks inside their registrations
 * (`isInline`), blocks of another log. A keeper leaves them alone.
 */
export interface BlockLogKeeper {
  /**
   * A block is registered and waits for a batch. Called once for each registration of this driver; from a recovery for each
   * registration that the driver's log still has, also when its batch is known.
   *
   * @param timeMs The driver's time of the registration, a batch time: the batch of the block is later.
   */
  added(block: ReceivedBlockInfo, timeMs: BatchTime): void;

  /** A batch has these blocks, of all streams, and may be run with them again until it is released. */
  allocated(batchTime: BatchTime, blocks: readonly ReceivedBlockInfo[]): void;

  /**
   * No batch before `threshold` will be computed again, by this driver or by a later one: their blocks are not needed any
   * more. May repeat a threshold, or come with an earlier one.
   */
  released(threshold: BatchTime): void;

  /**
   * Blocks that were added before `timeMs` and that no batch has will be in no batch: the driver's log does not keep their
   * registrations, for instance of a stream that the program no longer has.
   */
  abandoned(timeMs: BatchTime): void;

  /**
   * The decisions of all earlier drivers have been told. Nothing may be removed before: a block may be needed whose
   * registration was not told yet. Called once, also when there was no earlier driver.
   */
  recovered(): void;
}

/** The token of the keeper. Nothing is bound by default: the logs of executors are cleaned by their handlers. */
export const BlockLogKeeper = portToken<BlockLogKeeper>('BlockLogKeeper');
