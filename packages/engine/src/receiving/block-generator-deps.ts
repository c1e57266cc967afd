// The surroundings of a block generator: its collaborators, its states, and its end.
import type { BlockId, Clock, Logger, RandomSource } from '@millrace/core';
import { coreError } from '@millrace/core';
import type { PushBlock } from './push-loop.ts';
import type { RateLimiter } from './rate-limiter.ts';
import type { ReceivingOptions } from './receiving-options.ts';

/** The phases of a generator's life. */
export type BlockGeneratorState =
  'Initialized' | 'Active' | 'StoppedAddingData' | 'StoppedGeneratingBlocks' | 'StoppedAll';

/** The collaborators of a `BlockGenerator`. */
export interface BlockGeneratorDeps {
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly log: Logger;
  readonly options: ReceivingOptions;
  /** Shared by everything that the receiver stores. The generator starts and stops its refilling. */
  readonly limiter: RateLimiter;
  /** True when the source waits for the acknowledgement of records that are stored with a token. */
  readonly sourceWaits: boolean;
  /** True when the source expects no acknowledgement: of the tokens of a block only the last one is kept. Default false. */
  readonly keepsLastTokenOnly?: boolean;
  /** Names the next block. */
  readonly nextBlockId: () => BlockId;
  /**
   * Stores a block: called with one block at a time, in the order of cutting. A rejection is retried, `pushAttempts`
   * times in all; a rejection of disposition `back-off` any number of times; of `stop-engine` never.
   */
  readonly onPushBlock: PushBlock;
  /** Called once when a block could not be stored. No record can be stored any more; the owner calls `stop`. */
  readonly onFailed: (error: Error) => void;
  /**
   * Called at the first refusal at the hard bound, and not again until storing is welcome, because the receiver may
   * ignore the error.
   */
  readonly onOverrun?: (error: Error) => void;
}

/** The end of stopping a generator. */
export interface GeneratorStopped {
  /** Accepted records that were not stored; 0 after a clean stop (REC-4). */
  readonly recordsLeft: number;
}

/** The error when no record can be stored. `cause`: the failed store of a block that ended the generator. */
export function notRunning(state: BlockGeneratorState, cause: Error | undefined): Error {
  const why = cause === undefined ? `is ${state}` : 'could not store a block';
  const message = `nothing can be stored, the block generator ${why}`;
  return coreError('MR_RECEIVER_NOT_RUNNING', message, cause === undefined ? {} : { cause });
}
