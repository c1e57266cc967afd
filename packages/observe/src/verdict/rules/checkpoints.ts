// Rules: checkpoints fail, or the newest one is old.
import { countText, lengthText, messageText } from '../../text/words.ts';
import type { VerdictRule } from '../rule.ts';

/** One failure is tried again with the next batch. */
const FAILURES = 2;
/** A checkpoint is old at this age: in usual distances, in intervals, and at least in milliseconds. */
const OLD_DISTANCES = 10;
const OLD_INTERVALS = 20;
const OLD_MS = 60_000;

/** Fires when two checkpoints in a row failed. */
export const checkpointFailing: VerdictRule = {
  name: 'checkpoint-failing',
  level: 'warning',
  judge: ({ checkpointFailuresInARow: failures, checkpointError }) =>
    failures < FAILURES
      ? undefined
      : `${countText(failures, 'checkpoint')} in a row failed${checkpointError === undefined ? '.' : `: ${messageText(checkpointError)}`} Logs grow until one is written.`,
};

/** Fires when the newest checkpoint is much older than usual while the engine is active. */
export const checkpointOld: VerdictRule = {
  name: 'checkpoint-old',
  level: 'warning',
  judge: ({ state, held, checkpointAgeMs: ageMs, checkpointUsualMs: usualMs = 0, batchIntervalMs }) => {
    // Without finished batches there is nothing to write; the held batch is a finding of its own.
    if (state !== 'active' || ageMs === undefined || held.length > 0) return undefined;
    const isOld = ageMs > Math.max(OLD_MS, OLD_DISTANCES * usualMs, OLD_INTERVALS * batchIntervalMs);
    return isOld ? `The last checkpoint is ${lengthText(ageMs)} old.` : undefined;
  },
};
