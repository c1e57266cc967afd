// The highest rate that a program sustains: every batch completes within a second of its batch time, and the source is
// never a second behind. The rate rises in steps: by a factor of four or two while batches are quick, otherwise by two
// quarters or one. Delays are measured beforehand, at one modest rate for all contenders.
import { LatencyRecorder } from '@millrace/harness';
import { percentileReadings } from '../runner/percentiles.ts';
import { type ProbeOptions, RATE, type Readings } from '../runner/suite.ts';
import type { Stretch } from './running-program.ts';
import { BATCH_INTERVAL_MS } from './paper-programs.ts';

/** A program whose source is told how fast to send. */
export interface RatedProgram {
  send(linesPerSecond: number): void;
  watch(durationMs: number): Promise<Stretch>;
}

/** Lines per second at which delays are compared. */
export const MODEST_RATE = 10_000;

const FIRST_RATE = 40_000;
const DELAY_MS = 1_000;
/** A step whose batches stay below this time is followed by a step of two quarters. */
const MODERATE_MS = BATCH_INTERVAL_MS / 2;
/** Below this time, by a step to twice the rate. */
const QUICK_MS = BATCH_INTERVAL_MS / 4;
/** Below this time, by a step to four times the rate. */
const VERY_QUICK_MS = QUICK_MS / 4;
const QUARTER_MORE = 1.25;
const STEPS = 40;

/** Options of `measureSustained`. */
export interface SustainedOptions extends ProbeOptions {
  /** The time before the measurement: compilers are busy at first. */
  readonly warmUpMs: number;
}

/** Measures a running program. */
export async function measureSustained(program: RatedProgram, options: SustainedOptions): Promise<Readings> {
  const { seconds, isQuick, warmUpMs } = options;
  const stepMs = isQuick ? 3 * BATCH_INTERVAL_MS : Math.max(seconds * 1_000, 4 * BATCH_INTERVAL_MS);
  program.send(MODEST_RATE);
  await program.watch(isQuick ? BATCH_INTERVAL_MS : warmUpMs);
  const delays = new LatencyRecorder();
  const modest = await program.watch(isQuick ? stepMs : 1.5 * stepMs);
  for (const { totalMs } of modest.batches) delays.record(totalMs);
  return {
    [RATE]: await climb(program, { stepMs, steps: isQuick ? 2 : STEPS }),
    ...percentileReadings('total', (percentile) => delays.percentileMs(percentile)),
  };
}

async function climb(
  program: RatedProgram,
  { stepMs, steps }: { readonly stepMs: number; readonly steps: number },
): Promise<number> {
  let sustained = 0;
  let rate = FIRST_RATE;
  for (let step = 0; step < steps; step += 1) {
    program.send(rate);
    const stretch = await program.watch(stepMs);
    if (!isSustained(stretch)) break;
    sustained = rate;
    rate = Math.round(rate * factorAfter(slowest(stretch)));
  }
  return sustained;
}

/** Far from the limit, large steps cannot skip the limit. */
function factorAfter(slowestMs: number): number {
  if (slowestMs < VERY_QUICK_MS) return 4;
  if (slowestMs < QUICK_MS) return 2;
  return slowestMs < MODERATE_MS ? QUARTER_MORE ** 2 : QUARTER_MORE;
}

/** A rate is not sustained either when batches are missing, or when the mean batch takes longer than the interval. */
function isSustained({ batches, behindMs }: Stretch): boolean {
  if (batches.length === 0 || behindMs > DELAY_MS) return false;
  const meanMs = batches.reduce((sum, { processingMs }) => sum + processingMs, 0) / batches.length;
  return slowest({ batches, behindMs }) <= DELAY_MS && meanMs <= BATCH_INTERVAL_MS;
}

function slowest({ batches }: Stretch): number {
  return Math.max(...batches.map(({ totalMs }) => totalMs));
}
