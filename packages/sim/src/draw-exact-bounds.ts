// Draws plans in which bounds are reached exactly: as many records held as a receiver may hold, a whole block of exactly
// the largest size, and exactly as many missed batches as are made up. The draws have a separate random source.
import { Draw } from './draw.ts';
import type { ClockStep, FaultKind, Plan, StreamPlan } from './plan.ts';

/** The share of plans whose receivers fill their buffers exactly. */
const FILLS = 0.08;

/** The share of plans that miss about as many batches as are made up. */
const MISSES = 0.4;

/** Receivers that store records until a refusal, or whole blocks of exactly the largest size. */
export function drawFull(plan: Plan): Plan {
  const draw = new Draw(`${plan.seed}/full`);
  if (!draw.happens(FILLS)) return plan;
  const { maxHeldBytes: _bytes, ...settings } = plan.settings ?? {};
  const streams = plan.streams.map(({ mix: _mix, storesOdd: _odd, ...stream }): StreamPlan => ({
    ...stream,
    recordsPerSecond: 200,
    inBursts: true,
    fillsBounds: true,
    stores: draw.of(['records', 'blocks']),
  }));
  return { ...plan, streams, settings: { ...settings, maxHeldRecords: 100 } };
}

/**
 * Steps of the clock by whole batches: once exactly the limit is missed, and once one more. Drawn for known answers
 * without event time. `faults`: the enabled faults, instead of drawn ones.
 */
export function drawMissed(plan: Plan, faults: readonly FaultKind[] | undefined): Plan {
  const draw = new Draw(`${plan.seed}/missed`);
  const maySetClock = faults === undefined || faults.includes('clock-step');
  const mayHaveGaps = plan.program === undefined && plan.eventTime === undefined;
  if (!maySetClock || !mayHaveGaps || !draw.happens(MISSES)) return plan;
  const missedBatches = draw.of([1, 2, 3]);
  const { batchIntervalMs } = plan;
  const steps = draw.shuffled([missedBatches, missedBatches + 1]);
  const clockSteps = steps.map((missed, index): ClockStep => ({
    // On a tick of the clock or beside one.
    atMs: (2 + 2 * index) * batchIntervalMs + draw.of([0, Math.round(batchIntervalMs / 2)]),
    byMs: (missed + 1) * batchIntervalMs,
  }));
  return { ...plan, clockSteps, settings: { ...plan.settings, missedBatches } };
}

/** A step of the clock of this size skips batches under the default of the engine. */
const YEAR_MS = 365 * 86_400_000;

/** The plan, in which no batch is skipped if its answers have event time or a drawn program, whose models have no gaps. */
export function withoutSkips(plan: Plan): Plan {
  const { program, eventTime, settings, clockSteps } = plan;
  if (program === undefined && eventTime === undefined) return plan;
  const { missedBatches: _limit, ...others } = settings ?? {};
  return {
    ...plan,
    ...(clockSteps === undefined ? {} : { clockSteps: clockSteps.filter(({ byMs }) => byMs < YEAR_MS) }),
    ...(settings === undefined ? {} : { settings: others }),
  };
}
