// How patient tracking is and how much it remembers, with defaults, checked once. One set of names for both trackers,
// so that a user finds all of it in one place.
import { coreError } from '@millrace/core';

/** When to go on, when to give up, when to try again. */
export interface ReceiverTrackerOptions {
  /** Executors to wait for before receivers are placed, so that they do not bunch on the first. Default 1. */
  readonly minExecutors: number;
  /** How long to wait for them. Then the tracker goes on with at least one, or `start` rejects. Default 30 s. */
  readonly executorReadinessTimeoutMs: number;
  /** From telling an executor to start a receiver to the receiver's registration; then it failed. Default 10 s. */
  readonly registrationTimeoutMs: number;
  /**
   * From the deregistration of a receiver that its supervisor restarts to its next registration; then it failed.
   * Longer than any delay a receiver asks for. Default 15 min.
   */
  readonly restartTimeoutMs: number;
  /** The delay after a first failure; it doubles with each further one. Default 2 s. */
  readonly minRestartDelayMs: number;
  /** The longest delay, not below the shortest. Default 60 s. */
  readonly maxRestartDelayMs: number;
  /** A receiver that has been active for so long is healthy: its earlier failures count no more. Default 60 s. */
  readonly healthyAfterMs: number;
}

/** Bounds of the received-block tracker, each per stream. */
export interface ReceivedBlockTrackerOptions {
  /**
   * Blocks that wait for a batch. At the bound additions are refused, the receiver's queue fills, and the source is
   * held back. Default 100,000: more than five hours of 200 ms blocks.
   */
  readonly maxUnallocatedBlocks: number;
  /** Additions that wait for the log. At the bound further ones are refused and come again. Default 1,000. */
  readonly maxPendingAdditions: number;
  /** Attempts whose blocks are recognised when they are added again; the idlest is forgotten first. Default 64. */
  readonly maxKnownAttempts: number;
  /** Gaps in the sequence of an attempt that are told apart; an addition below them is refused. Default 64. */
  readonly maxKnownGaps: number;
}

/** All options of tracking: whole numbers from 1 up. */
export interface TrackingOptions extends ReceiverTrackerOptions, ReceivedBlockTrackerOptions {}

/** What applies when nothing is said. */
export const TRACKING_DEFAULTS: TrackingOptions = Object.freeze({
  minExecutors: 1,
  executorReadinessTimeoutMs: 30_000,
  registrationTimeoutMs: 10_000,
  restartTimeoutMs: 900_000,
  minRestartDelayMs: 2_000,
  maxRestartDelayMs: 60_000,
  healthyAfterMs: 60_000,
  maxUnallocatedBlocks: 100_000,
  maxPendingAdditions: 1_000,
  maxKnownAttempts: 64,
  maxKnownGaps: 64,
});

/**
 * Fills in the defaults.
 *
 * @throws `MR_CONFIG_INVALID_OPTION` with the option, its value and what is expected.
 */
export function resolveTrackingOptions(options: Partial<TrackingOptions> = {}): TrackingOptions {
  const all = Object.freeze({ ...TRACKING_DEFAULTS, ...options });
  for (const [name, value] of Object.entries(all)) {
    if (!Object.hasOwn(TRACKING_DEFAULTS, name)) throw invalid(name, value, 'one of the options of tracking');
    if (!Number.isSafeInteger(value) || value < 1) throw invalid(name, value, 'a whole number from 1 up');
  }
  const { minRestartDelayMs, maxRestartDelayMs } = all;
  if (maxRestartDelayMs < minRestartDelayMs) {
    throw invalid('maxRestartDelayMs', maxRestartDelayMs, `at least minRestartDelayMs, ${minRestartDelayMs}`);
  }
  return all;
}

function invalid(option: string, value: unknown, expected: string): Error {
  const message = `expected tracking.${option} to be ${expected}, got ${String(value)}`;
  return coreError('MR_CONFIG_INVALID_OPTION', message, { details: { path: `tracking.${option}`, value } });
}
