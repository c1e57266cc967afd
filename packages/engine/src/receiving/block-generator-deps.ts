// The surroundings of a block generator: its collaborators, its states, and the end of it.
import type { BlockId, Clock, Logger, RandomSource } from '@millrace/core';
import { coreError } from '@millrace/core';
import type { PushBlock } from './push-loop.ts';
import type { RateLimiter } from './rate-limiter.ts';
import type { ReceivingOptions } from './receiving-options.ts';

/** How far a generator is in its life. */
export type BlockGeneratorState =
  'Initialized' | 'Active' | 'StoppedAddingData' | 'StoppedGeneratingBlocks' | 'StoppedAll';

/** What a `BlockGenerator` is made of. */
export interface BlockGeneratorDeps {
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly log: Logger;
  readonly options: ReceivingOptions;
  /** Shared by everything that the receiver stores. The generator starts and stops its refilling. */
  readonly limiter: RateLimiter;
  /** Names the next block. */
  readonly nextBlockId: () => BlockId;
  /**
   * Stores a block: called with one block at a time, in the order in which they were cut. A rejection is tried again,
   * `pushAttempts` times in all; one of disposition `back-off` any number of times; of `stop-engine` not at all.
   */
  readonly onPushBlock: PushBlock;
  /** Called once when a block could not be stored. Nothing can be stored any more; the owner calls `stop`. */
  readonly onFailed: (error: Error) => void;
  /** Called when something is refused at the hard bound, once until storing is welcome again: its caller may not look. */
  readonly onOverrun?: (error: Error) => void;
}

/** How stopping a generator ended. */
export interface GeneratorStopped {
  /** Records that were taken and not stored; 0 after a clean stop (REC-4). */
  readonly recordsLeft: number;
}

/** Why nothing can be stored. `cause`: the failure to store a block that ended it. */
export function notRunning(state: BlockGeneratorState, cause: Error | undefined): Error {
  const why = cause === undefined ? `is ${state}` : 'could not store a block';
  const message = `nothing can be stored, the block generator ${why}`;
  return coreError('MR_RECEIVER_NOT_RUNNING', message, cause === undefined ? {} : { cause });
}
