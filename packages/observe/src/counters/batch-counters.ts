// Totals of batches, delays, and the mean phases of the newest batches.
import type { BatchInfo, BatchPhases, BatchTime } from '@millrace/core';
import { DurationHistogram } from './duration-histogram.ts';
import type { EngineState, ObservedPhases, ObservedTotals } from '../schema/engine-state.ts';
import { DurationRing } from './quantiles.ts';

const RECENT_DELAYS = 1_000;
const RECENT_PHASES = 20;
/** The phases of a batch, in order. */
export const PHASES = [
  'generatorLagMs',
  'allocateMs',
  'generateMs',
  'queueMs',
  'processMs',
] as const satisfies readonly (keyof BatchPhases)[];

type MutableTotals = { -readonly [K in keyof ObservedTotals]: number };

/** Counts batches. */
export class BatchCounters {
  readonly totals: MutableTotals = {
    batches: 0,
    failedBatches: 0,
    rerunBatches: 0,
    records: 0,
    bytes: 0,
    leftOutRecords: 0,
    lateRecords: 0,
    aheadRecords: 0,
    recordErrors: 0,
    deadLetters: 0,
    skippedBatches: 0,
  };
  /** Completed batches by outcome, first runs and re-runs. */
  readonly completed = new Map<string, { first: number; rerun: number }>();
  readonly scheduling: DurationHistogram;
  readonly processing: DurationHistogram;
  readonly total: DurationHistogram;
  readonly phases: ReadonlyMap<(typeof PHASES)[number], DurationHistogram>;
  lastCompleted: BatchTime | undefined;
  readonly #schedulingRing = new DurationRing(RECENT_DELAYS);
  readonly #processingRing = new DurationRing(RECENT_DELAYS);
  readonly #totalRing = new DurationRing(RECENT_DELAYS);
  readonly #recentPhases = new Float64Array(PHASES.length * RECENT_PHASES);

  constructor(buckets: readonly number[]) {
    this.scheduling = new DurationHistogram(buckets);
    this.processing = new DurationHistogram(buckets);
    this.total = new DurationHistogram(buckets);
    this.phases = new Map(PHASES.map((phase) => [phase, new DurationHistogram(buckets)]));
  }

  /** Takes a completed batch. */
  take(batch: BatchInfo): void {
    const { totals } = this;
    const {
      outcome = 'succeeded',
      isRerun,
      schedulingDelayMs = 0,
      processingDelayMs = 0,
      totalDelayMs = 0,
    } = batch;
    this.#takePhases(batch);
    totals.batches += 1;
    if (outcome !== 'succeeded') totals.failedBatches += 1;
    if (isRerun) totals.rerunBatches += 1;
    totals.records += batch.recordCount;
    for (const { sizeBytes } of batch.inputs.values()) totals.bytes += sizeBytes;
    totals.recordErrors += batch.recordErrors ?? 0;
    totals.deadLetters += batch.deadLetters ?? 0;
    const counts = this.completed.get(outcome) ?? { first: 0, rerun: 0 };
    counts[isRerun ? 'rerun' : 'first'] += 1;
    this.completed.set(outcome, counts);
    this.scheduling.record(schedulingDelayMs);
    this.processing.record(processingDelayMs);
    this.total.record(totalDelayMs);
    this.#schedulingRing.add(schedulingDelayMs);
    this.#processingRing.add(processingDelayMs);
    this.#totalRing.add(totalDelayMs);
    this.lastCompleted = batch.batchTime;
  }

  /** Quantiles of the newest 1,000 batches. */
  delays(): EngineState['delays'] {
    return {
      scheduling: this.#schedulingRing.quantiles(),
      processing: this.#processingRing.quantiles(),
      total: this.#totalRing.quantiles(),
    };
  }

  /** Means of the newest batches, at most 20. */
  meanPhases(): ObservedPhases {
    const count = Math.min(RECENT_PHASES, this.totals.batches);
    const means = PHASES.map((phase, index) => {
      let sum = 0;
      for (let batch = 0; batch < count; batch += 1)
        sum += this.#recentPhases[batch * PHASES.length + index] as number;
      return [phase, count === 0 ? 0 : sum / count] as const;
    });
    return Object.fromEntries(means) as Record<(typeof PHASES)[number], number>;
  }

  #takePhases({ phases }: BatchInfo): void {
    const first = (this.totals.batches % RECENT_PHASES) * PHASES.length;
    for (const [index, phase] of PHASES.entries()) {
      this.#recentPhases[first + index] = phases[phase];
      this.phases.get(phase)?.record(phases[phase]);
    }
  }
}
