// How one driver follows another: it takes in what the one before it left, before anything is written, and then writes
// down that it is in charge. What it finds is read by `recovery.ts`.
import { Codec, msUntil, type Clock, type Epoch, type Logger } from '@millrace/core';
import type { ResumePoint } from '../batches/job-generator.ts';
import { recover } from '../checkpoint/recovery.ts';
import type { ReceivedBlockTracker } from '../tracking/received-block-tracker.ts';
import { contextError } from './context-errors.ts';
import type { DriverDeps } from './driver-deps.ts';
import type { DriverStorage } from './driver-storage.ts';

/** The epoch of a driver that has no predecessor. */
export const FIRST_EPOCH: Epoch = 1;

/** Who takes over, and what is there. */
export interface DriverRecoveryDeps {
  readonly driver: DriverDeps;
  readonly clock: Clock;
  readonly log: Logger;
  readonly durable: DriverStorage;
  /** Takes in the blocks and batches of earlier drivers. */
  readonly blockTracker: ReceivedBlockTracker;
  /** Whether checkpoints are written, be it in memory. */
  readonly hasCheckpoints: boolean;
}

/** Where a driver begins. */
export interface DriverRecovery {
  readonly epoch: Epoch;
  /** Undefined: nothing is kept, so there is nothing to go on from. */
  readonly resumeFrom: ResumePoint | undefined;
}

/**
 * Takes in what an earlier driver left. A first driver with something to keep settles its zero time now, because that is
 * part of what it keeps.
 *
 * @throws `MR_CONTEXT_AHEAD_OF_CLOCK`, and what `recover` throws.
 */
export async function takeOver(deps: DriverRecoveryDeps): Promise<DriverRecovery> {
  const { driver, clock, log, durable, blockTracker, hasCheckpoints } = deps;
  if (!hasCheckpoints && !durable.metadataLog.isDurable) return { epoch: FIRST_EPOCH, resumeFrom: undefined };
  const { graph, identity, allowDroppedState, assembled } = driver;
  const codec = assembled.ports.get(Codec);
  const { epoch, resumeFrom } = await recover({
    ...durable,
    identity,
    codec,
    log,
    graph,
    blockTracker,
    allowDroppedState,
  });
  if (resumeFrom !== undefined) {
    assertNotFarAhead(resumeFrom, deps);
    return { epoch, resumeFrom };
  }
  const { batchIntervalMs } = identity;
  const zeroTime = Math.floor(clock.now() / batchIntervalMs) * batchIntervalMs;
  return { epoch, resumeFrom: { zeroTime, doneUpTo: zeroTime, lastMade: zeroTime } };
}

/** Batches of a time far from now were made under a clock that was wrong: then, or now. */
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

/** Writes down that this driver is in charge. Does nothing when nothing is kept. @throws what the log throws. */
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
