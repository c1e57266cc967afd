// Driver recovery: replay the log and the checkpoint of the previous driver before anything is written, then record
// the new epoch before anything else is written. `recovery.ts` reads the log and the checkpoint.
import { Codec, msUntil, type Clock, type Epoch, type Logger } from '@millrace/core';
import type { ResumePoint } from '../batches/job-generator.ts';
import { recover } from '../checkpoint/recovery.ts';
import type { ReceivedBlockTracker } from '../tracking/received-block-tracker.ts';
import { contextError } from './context-errors.ts';
import type { DriverDeps } from './driver-deps.ts';
import type { DriverStorage } from './driver-storage.ts';

/** The epoch of a driver without a predecessor. */
export const FIRST_EPOCH: Epoch = 1;

/** The new driver, and the storage and graph to recover into. */
export interface DriverRecoveryDeps {
  readonly driver: DriverDeps;
  readonly clock: Clock;
  readonly log: Logger;
  readonly durable: DriverStorage;
  /** Restores the blocks and batches of earlier drivers. */
  readonly blockTracker: ReceivedBlockTracker;
  /** Whether checkpoints are written, in memory included. */
  readonly hasCheckpoints: boolean;
}

/** The starting point of a driver. */
export interface DriverRecovery {
  readonly epoch: Epoch;
  /** Undefined: nothing is durable, so there is nothing to resume from. */
  readonly resumeFrom: ResumePoint | undefined;
}

/**
 * Restores the state of an earlier driver. A first driver with durable storage chooses its zero time now, because
 * the zero time is part of the durable state.
 *
 * @throws `MR_CONTEXT_AHEAD_OF_CLOCK`, and the errors of `recover`.
 */
export async function takeOver(deps: DriverRecoveryDeps): Promise<DriverRecovery> {
  const { driver, clock, log, durable, blockTracker, hasCheckpoints } = deps;
  const { graph, identity, allowDroppedState, assembled, charge } = driver;
  const epochMin = Math.max(FIRST_EPOCH, charge.epoch);
  if (!hasCheckpoints && !durable.metadataLog.isDurable) return { epoch: epochMin, resumeFrom: undefined };
  const codec = assembled.ports.get(Codec);
  const { epoch, resumeFrom } = await recover({
    ...durable,
    identity,
    codec,
    log,
    graph,
    blockTracker,
    allowDroppedState,
    epochMin,
  });
  if (resumeFrom !== undefined) {
    assertNotFarAhead(resumeFrom, deps);
    return { epoch, resumeFrom };
  }
  const { batchIntervalMs } = identity;
  const zeroTime = Math.floor(clock.now() / batchIntervalMs) * batchIntervalMs;
  return { epoch, resumeFrom: { zeroTime, doneUpTo: zeroTime, lastMade: zeroTime } };
}

/** Batches of a time far ahead were made under a wrong clock: the clock was wrong then, or is wrong now. */
function assertNotFarAhead({ lastMade }: ResumePoint, { driver, clock }: DriverRecoveryDeps): void {
  const { maxAheadMs } = driver.batchOptions;
  const nowMs = clock.now();
  const aheadMs = msUntil(clock, lastMade);
  if (aheadMs <= maxAheadMs) return;
  const [then, now] = [lastMade, nowMs].map((ms) => new Date(ms).toISOString());
  throw contextError(
    'MR_CONTEXT_AHEAD_OF_CLOCK',
    `the last stored batch is of ${then}, ${aheadMs} ms ahead of the clock (${now}), and batches.maxAheadMs is ${maxAheadMs}; ` +
      'correct the clock, raise maxAheadMs to continue from there, or begin with an empty directory',
    { details: { lastMade, nowMs, aheadMs, maxAheadMs } },
  );
}

/**
 * Records the epoch of this driver: the first entry that this driver writes anywhere, so that no change of a driver lacks
 * its epoch. Does nothing without durable storage.
 *
 * @throws the errors of the log.
 */
export async function recordEpoch(
  { driver, durable, blockTracker }: Pick<DriverRecoveryDeps, 'driver' | 'durable' | 'blockTracker'>,
  { epoch, resumeFrom }: DriverRecovery,
): Promise<void> {
  if (resumeFrom === undefined) return;
  await durable.metadataLog.append({
    kind: 'driver-start',
    timeMs: blockTracker.lastAllocated ?? 0,
    epoch,
    ...driver.identity,
    zeroTime: resumeFrom.zeroTime,
  });
}
