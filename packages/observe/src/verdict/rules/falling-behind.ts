// Rule: batches take longer than their interval, or wait longer and longer. One slow batch does not fire the rule.
import { countText, lengthText, timeText } from '../../text/words.ts';
import type { BatchStep } from '../../counters/step-window.ts';
import type { VerdictRule } from '../rule.ts';
import { loadOf, loadWithoutSlowest, median, waitGrowth, waitsAtEnds } from '../step-trend.ts';
import type { VerdictFacts } from '../verdict-facts.ts';
import { causeOf, nextStepOf } from './behind-cause.ts';

/** The steps that are needed for a judgement. */
const STEPS_MIN = 6;
/** The growth of the wait, as a part of the passing time. */
const GROWTH = 0.05;
/** A wait that grows counts from this length on, in steps. */
const LONG_WAIT = 2;
/** The number of good steps that end the finding, and their load. */
const GOOD_STEPS = 10;
const GOOD_LOAD = 0.95;
/** The load over the whole window that ends the finding although single batches are long. */
const LOW_LOAD = 0.8;
/** A batch is stuck when none was completed for this long: in intervals, and at least in milliseconds. */
const STUCK_INTERVALS = 10;
const STUCK_MS = 10_000;

/** The name of the rule, for readiness. */
export const FALLING_BEHIND = 'falling-behind';

/**
 * Fires when the load is above 1 or the wait grows over the newest 20 steps, or when no batch was completed for 10
 * intervals; holds until 10 steps in a row are good.
 */
export const fallingBehind: VerdictRule = {
  name: FALLING_BEHIND,
  level: 'behind',
  judge: (facts, sinceMs) => {
    // A held batch explains every wait.
    if (facts.held.length > 0 || facts.state === 'stopped') return undefined;
    const isStuck = isStuckNow(facts);
    const isBehind = isStuck || (!isGood(facts) && (sinceMs !== undefined || isBad(facts)));
    if (!isBehind) return undefined;
    const since = timeText(sinceMs ?? facts.timeMs, facts.timeZone, false);
    return [
      `Falling behind since ${since}: ${factOf(facts, isStuck)}.`,
      ...causeOf(facts),
      nextStepOf(facts),
    ].join(' ');
  },
};

function isStuckNow({ queued, sinceCompletedMs, batchIntervalMs }: VerdictFacts): boolean {
  return queued > 0 && sinceCompletedMs > Math.max(STUCK_MS, STUCK_INTERVALS * batchIntervalMs);
}

function isBad({ steps }: VerdictFacts): boolean {
  if (steps.length < STEPS_MIN) return false;
  const { first, last } = waitsAtEnds(steps);
  if (loadWithoutSlowest(steps) > 1 && last > first) return true;
  // The second half as well: after one slow batch the wait shrinks.
  const half = steps.slice(-Math.ceil(steps.length / 2));
  return last >= LONG_WAIT * spanOf(steps) && waitGrowth(steps) > GROWTH && waitGrowth(half) > GROWTH;
}

function isGood({ steps }: VerdictFacts): boolean {
  if (steps.length < GOOD_STEPS) return false;
  const newest = steps.slice(-GOOD_STEPS);
  const isEachShort = newest.every((step) => loadOf([step]) <= 1) && loadOf(newest) <= GOOD_LOAD;
  if (isEachShort && hasSteadyWait(newest)) return true;
  // A load that varies a lot has long batches again and again, and keeps up all the same.
  return steps.length >= 2 * GOOD_STEPS && loadOf(steps) <= LOW_LOAD && hasShortWait(newest);
}

function hasSteadyWait(steps: readonly BatchStep[]): boolean {
  const waits = steps.map(({ waitMs }) => waitMs);
  const growthMs = median(waits.slice(-3)) - median(waits.slice(0, 3));
  return hasShortWait(steps) || growthMs <= GROWTH * spanOf(steps);
}

/** True when batches wait for less than half of a step. */
function hasShortWait(steps: readonly BatchStep[]): boolean {
  return median(steps.slice(-3).map(({ waitMs }) => waitMs)) <= spanOf(steps) / 2;
}

function spanOf(steps: readonly BatchStep[]): number {
  return median(steps.map(({ spanMs }) => spanMs));
}

function factOf(facts: VerdictFacts, isStuck: boolean): string {
  const { steps, queued, sinceCompletedMs, oldestUnfinished, timeZone } = facts;
  if (isStuck) {
    const oldest =
      oldestUnfinished === undefined
        ? ''
        : ` since batch ${timeText(oldestUnfinished, timeZone)} began to wait`;
    return `no batch was completed for ${lengthText(sinceCompletedMs)}${oldest}, ${countText(queued, 'batch is', 'batches are')} unfinished`;
  }
  const load = loadOf(steps);
  if (load > 1) return `batches take ${load.toFixed(1)} × their interval`;
  return `a batch waits ${lengthText(steps.at(-1)?.waitMs ?? 0)} for its start`;
}
