// The worlds for comparing rate controls, and the figures measured in each. Batches take place every second; the job
// processes 10,000 records in a second in addition to its fixed cost, unless the world states another rate.
import { SeededRandom } from '@millrace/core';
import type { SimulatedWorld, SimulationResult } from './simulated-job.ts';

const SECOND = 1_000;
const RECORD_COST_MS = 0.1;
/** The load that counts as full: a batch that takes this share of its interval. */
const TARGET_LOAD = 0.9;

/** A world, and the start of its measurement. */
export interface RateScenario extends SimulatedWorld {
  readonly name: string;
  /** The start of the measured period: the settled part, or the time after a change. */
  readonly measuredFromMs: number;
}

/** The figures of a run, from `measuredFromMs` on. */
export interface RateFigures {
  /** Processed records, as a share of the records that the job could have processed and the source had. */
  readonly throughput: number;
  /** Time until a batch has 80 % of the possible records, in seconds; Infinity: never. */
  readonly filled: number;
  /** The longest total delay of a batch, in seconds. */
  readonly longestDelay: number;
  /** Time until the total delay stays below two intervals, in seconds; Infinity: never. */
  readonly settled: number;
  /** The relative variation of the rate: standard deviation divided by mean. */
  readonly spread: number;
  /** The most records held at any time of the run. */
  readonly peakRecords: number;
}

const steady = {
  batchIntervalMs: SECOND,
  durationMs: 180 * SECOND,
  sourceRate: (timeMs: number) => (timeMs < 30 * SECOND ? 5_000 : 100_000),
  batchCostMs: () => 20,
  recordCostMs: () => RECORD_COST_MS,
};

/** All worlds. */
export function rateScenarios(): readonly RateScenario[] {
  return [
    {
      ...steady,
      name: 'first batch: the job takes 1,000/s',
      sourceRate: () => 100_000,
      recordCostMs: () => 1,
      measuredFromMs: 0,
    },
    { ...steady, name: 'overload after a quiet start', measuredFromMs: 30 * SECOND },
    {
      ...steady,
      name: 'job slows down to a fifth for 30 s',
      recordCostMs: (timeMs) => RECORD_COST_MS * (isBetween(timeMs, 60, 90) ? 5 : 1),
      measuredFromMs: 60 * SECOND,
    },
    { ...steady, name: 'costs vary by half', ...noisy(), measuredFromMs: 60 * SECOND },
    {
      ...steady,
      name: 'idle for 60 s, then a burst',
      batchCostMs: () => 200,
      sourceRate: (timeMs) => (isBetween(timeMs, 60, 120) ? 10 : timeMs < 60 * SECOND ? 6_000 : 100_000),
      measuredFromMs: 120 * SECOND,
    },
    {
      ...steady,
      name: 'fixed cost of 0.6 s',
      batchCostMs: () => 600,
      sourceRate: (timeMs) => (timeMs < 60 * SECOND ? 100 : 100_000),
      measuredFromMs: 60 * SECOND,
    },
    {
      ...steady,
      name: 'a record costs 20 ms',
      sourceRate: () => 500,
      recordCostMs: () => 20,
      measuredFromMs: 60 * SECOND,
    },
    {
      ...steady,
      name: 'a quiet source, one batch takes 3 s, then a burst',
      sourceRate: (timeMs) => (timeMs < 93 * SECOND ? 1_000 : 100_000),
      batchCostMs: (timeMs) => (isBetween(timeMs, 90, 91) ? 3_000 : 20),
      measuredFromMs: 93 * SECOND,
    },
  ];
}

/** Computes the figures of a run. */
export function rateFigures(
  scenario: RateScenario,
  { batches, rates, peakRecords }: SimulationResult,
): RateFigures {
  const { measuredFromMs, durationMs, batchIntervalMs } = scenario;
  const measured = batches.filter(({ batchTime }) => batchTime > measuredFromMs);
  const delays = measured.map(({ batchTime, endMs = durationMs }) => ({
    batchTime,
    delayMs: endMs - batchTime,
  }));
  const late = delays.findLast(({ delayMs }) => delayMs > 2 * batchIntervalMs);
  const filled = measured.find(
    ({ batchTime, recordCount }) => recordCount >= 0.8 * possibleIn(scenario, batchTime - batchIntervalMs),
  );
  const settledMs = late === undefined ? 0 : late.batchTime + late.delayMs - measuredFromMs;
  return {
    throughput: processedOf(scenario, batches) / possibleOf(scenario),
    filled: ((filled?.batchTime ?? Infinity) - measuredFromMs) / 1_000,
    longestDelay: Math.max(...delays.map(({ delayMs }) => delayMs)) / 1_000,
    settled: late === undefined || late.batchTime + late.delayMs < durationMs ? settledMs / 1_000 : Infinity,
    spread: spreadOf(rates.filter((_, index) => (index + 1) * batchIntervalMs > measuredFromMs)),
    peakRecords,
  };
}

function processedOf(
  { measuredFromMs, durationMs }: RateScenario,
  batches: SimulationResult['batches'],
): number {
  const ended = batches.filter(
    ({ endMs }) => endMs !== undefined && endMs > measuredFromMs && endMs <= durationMs,
  );
  return ended.reduce((sum, { recordCount }) => sum + recordCount, 0);
}

function possibleOf(scenario: RateScenario): number {
  const { measuredFromMs, durationMs, batchIntervalMs } = scenario;
  let possible = 0;
  for (let timeMs = measuredFromMs; timeMs < durationMs; timeMs += batchIntervalMs)
    possible += possibleIn(scenario, timeMs);
  return possible;
}

/** The records that the job could process in a batch at the target load, limited by the source. */
function possibleIn(scenario: RateScenario, timeMs: number): number {
  const { batchIntervalMs, batchCostMs, recordCostMs, sourceRate } = scenario;
  const capacity = (batchIntervalMs * TARGET_LOAD - batchCostMs(timeMs)) / recordCostMs(timeMs);
  return Math.max(0, Math.min(capacity, (sourceRate(timeMs) * batchIntervalMs) / 1_000));
}

function spreadOf(rates: readonly number[]): number {
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
  const variance = rates.reduce((sum, rate) => sum + (rate - mean) ** 2, 0) / rates.length;
  return Math.sqrt(variance) / mean;
}

function isBetween(timeMs: number, fromSeconds: number, toSeconds: number): boolean {
  return timeMs >= fromSeconds * SECOND && timeMs < toSeconds * SECOND;
}

/** Costs that are independent of the caller and the order of calls: one factor for every interval. */
function noisy(): Pick<SimulatedWorld, 'recordCostMs'> {
  const random = new SeededRandom('rates');
  const factors = Array.from({ length: 200 }, () => 0.5 + random.next());
  return { recordCostMs: (timeMs) => RECORD_COST_MS * (factors[Math.floor(timeMs / SECOND) % 200] ?? 1) };
}
