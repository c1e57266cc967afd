// The timeouts, delays and bounds of tracking, with defaults, checked once. Both trackers share one table, so that a
// user finds all options in one place.
import { type OptionTable, resolveOptions, wholeNumber } from '@millrace/core/engine';

/** Timeouts and delays of the receiver tracker. */
export interface ReceiverTrackerOptions {
  /**
   * Executors to wait for before receivers are placed, so that receivers do not all go to the first executor. Default
   * 1.
   */
  readonly minExecutors: number;
  /**
   * The wait for these executors. After it the tracker continues with at least one, or `start` rejects. Default 30 s.
   */
  readonly executorReadinessTimeoutMs: number;
  /**
   * From asking an executor to start a receiver to the receiver's registration; later the start has failed. Default 10
   * s, or twice the time for which the block handler may wait (`stallMs`), if that is more.
   */
  readonly registrationTimeoutMs: number;
  /**
   * From the deregistration of a receiver that its supervisor restarts to its next registration; later the restart has
   * failed. Longer than any delay a receiver requests. Default 15 min.
   */
  readonly restartTimeoutMs: number;
  /** The delay after a first failure; doubles with each further failure. Default 2 s. */
  readonly minRestartDelayMs: number;
  /** The longest delay, not below the shortest. Default 60 s. */
  readonly maxRestartDelayMs: number;
  /** A receiver that has been active for this time is healthy: its earlier failures no longer count. Default 60 s. */
  readonly healthyAfterMs: number;
}

/** Bounds of the received-block tracker, each per stream. */
export interface ReceivedBlockTrackerOptions {
  /**
   * Blocks that wait for a batch. At the bound additions are refused, the receiver's queue fills, and the source is
   * slowed down. From half of the bound on, blocks are cut at their interval only. Default 100,000: more than five hours
   * of 200 ms blocks.
   */
  readonly maxUnallocatedBlocks: number;
  /**
   * Additions that wait for the log. At the bound further additions are refused and repeated by the receiver. Default
   * 1,000.
   */
  readonly maxPendingAdditions: number;
  /** Attempts whose blocks are recognised when they are added again; the oldest is forgotten first. Default 64. */
  readonly maxKnownAttempts: number;
  /**
   * Gaps in the sequence of an attempt that are kept apart; an addition below the lowest kept gap is refused. Default
   * 64.
   */
  readonly maxKnownGaps: number;
}

/** All options of tracking: whole numbers from 1 up. */
export interface TrackingOptions extends ReceiverTrackerOptions, ReceivedBlockTrackerOptions {}

const REGISTRATION_TIMEOUT_MS = 10_000;

/** The rules of the options. */
export const TRACKING_OPTION_RULES: OptionTable<TrackingOptions> = {
  minExecutors: wholeNumber(1),
  executorReadinessTimeoutMs: wholeNumber(30_000),
  registrationTimeoutMs: wholeNumber(REGISTRATION_TIMEOUT_MS),
  restartTimeoutMs: wholeNumber(900_000),
  minRestartDelayMs: wholeNumber(2_000),
  maxRestartDelayMs: wholeNumber(60_000),
  healthyAfterMs: wholeNumber(60_000),
  maxUnallocatedBlocks: wholeNumber(100_000),
  maxPendingAdditions: wholeNumber(1_000),
  maxKnownAttempts: wholeNumber(64),
  maxKnownGaps: wholeNumber(64),
};

/** The defaults. */
export const TRACKING_DEFAULTS: TrackingOptions = resolveTrackingOptions();

/**
 * Fills in the defaults.
 *
 * @param stallMs The time for which the block handler may wait: a registration waits for earlier blocks.
 * @throws `MR_CONFIG_INVALID_OPTION` with every unknown name, every wrong value and every conflict.
 */
export function resolveTrackingOptions(given: Partial<TrackingOptions> = {}, stallMs = 0): TrackingOptions {
  const registrationTimeoutMs = wholeNumber(Math.max(REGISTRATION_TIMEOUT_MS, Math.ceil(2 * stallMs)));
  return resolveOptions({
    owner: 'StreamingContext',
    path: 'tracking',
    table: { ...TRACKING_OPTION_RULES, registrationTimeoutMs },
    given,
    together: ({ minRestartDelayMs, maxRestartDelayMs }) =>
      maxRestartDelayMs < minRestartDelayMs
        ? [{ name: 'maxRestartDelayMs', expected: `at least minRestartDelayMs, ${minRestartDelayMs}` }]
        : [],
  });
}
