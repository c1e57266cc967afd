// Load and trend of batches over the steps of the window, without the effect of a single slow batch.
import type { BatchStep } from '../counters/step-window.ts';

/** The processing time of the steps as a part of their interval, from 0; above 1: batches take longer than their interval. */
export function loadOf(steps: readonly BatchStep[]): number {
  let processing = 0;
  let span = 0;
  for (const { processingMs, batches, spanMs } of steps) {
    processing += processingMs * batches;
    span += spanMs;
  }
  return span === 0 ? 0 : processing / span;
}

/** The load without the slowest step. */
export function loadWithoutSlowest(steps: readonly BatchStep[]): number {
  const slowest = steps.reduce<BatchStep | undefined>(
    (worst, step) => (worst === undefined || step.processingMs > worst.processingMs ? step : worst),
    undefined,
  );
  return loadOf(steps.filter((step) => step !== slowest));
}

/** The median of some numbers; 0 of none. */
export function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}

/**
 * The growth of the wait of batches from step to step, as a part of the time of a step: the median of the slopes of all
 * pairs, which a few outliers do not move.
 */
export function waitGrowth(steps: readonly BatchStep[]): number {
  const slopes: number[] = [];
  for (let later = 1; later < steps.length; later += 1) {
    for (let earlier = 0; earlier < later; earlier += 1) {
      const from = steps[earlier] as BatchStep;
      const to = steps[later] as BatchStep;
      const lengthMs = ((to.number - from.number) * (from.spanMs + to.spanMs)) / 2;
      if (lengthMs > 0) slopes.push((to.waitMs - from.waitMs) / lengthMs);
    }
  }
  return median(slopes);
}

/** The middle wait of the first and of the last third of the steps, in milliseconds. */
export function waitsAtEnds(steps: readonly BatchStep[]): { readonly first: number; readonly last: number } {
  const third = Math.max(1, Math.floor(steps.length / 3));
  const waits = steps.map(({ waitMs }) => waitMs);
  return { first: median(waits.slice(0, third)), last: median(waits.slice(-third)) };
}
