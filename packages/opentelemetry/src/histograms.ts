// The histograms of an engine: recorded with each completed batch and each written checkpoint, never with a record.
import type { Attributes, Histogram, Meter } from '@opentelemetry/api';
import type { BatchInfo, BatchPhases } from '@millrace/core';
import { escapeControls } from '@millrace/core/engine';
import type { CheckpointInfo } from '@millrace/core/observation';
import { DEFAULT_BUCKETS, type MetricDefinition, METRICS } from '@millrace/observe';

/** Outputs that have a value of their own for the label `output`, as in the other metrics. */
const OUTPUTS_MAX = 100;
const OTHER = 'other';
const NAME_MAX = 200;

/** The values of the label `phase`. */
const PHASES: readonly (readonly [keyof BatchPhases, string])[] = [
  ['generatorLagMs', 'generator_lag'],
  ['allocateMs', 'allocate'],
  ['generateMs', 'generate'],
  ['queueMs', 'queue'],
  ['processMs', 'process'],
];

type HistogramName = Extract<(typeof METRICS)[number], { readonly kind: 'histogram' }>['name'];

/** Records durations. */
export class EngineHistograms {
  readonly #histograms: Readonly<Record<HistogramName, Histogram>>;
  readonly #attributes: Attributes;
  readonly #outputs = new Map<string, Attributes>();
  readonly #phases: readonly (readonly [keyof BatchPhases, Attributes])[];

  /** @param attributes Further attributes of every value. */
  constructor(meter: Meter, attributes: Attributes) {
    const all: readonly MetricDefinition[] = METRICS.filter(({ kind }) => kind === 'histogram');
    const made = all.map(({ name, unit, help }) => [
      name,
      meter.createHistogram(name, {
        unit,
        description: help,
        advice: { explicitBucketBoundaries: [...DEFAULT_BUCKETS] },
      }),
    ]);
    this.#histograms = Object.fromEntries(made) as Record<HistogramName, Histogram>;
    this.#attributes = attributes;
    this.#phases = PHASES.map(([phase, label]) => [phase, { ...attributes, phase: label }]);
  }

  /** Records a completed batch. */
  takeBatch(batch: BatchInfo): void {
    const { schedulingDelayMs = 0, processingDelayMs = 0, totalDelayMs = 0, phases } = batch;
    this.#record('millrace.batch.scheduling.delay', schedulingDelayMs, this.#attributes);
    this.#record('millrace.batch.processing.duration', processingDelayMs, this.#attributes);
    this.#record('millrace.batch.total.delay', totalDelayMs, this.#attributes);
    for (const [phase, attributes] of this.#phases)
      this.#record('millrace.batch.phase.duration', phases[phase], attributes);
    for (const { name, startMs, endMs } of batch.outputOperations) {
      if (startMs === undefined || endMs === undefined) continue;
      this.#record('millrace.output.duration', endMs - startMs, this.#attributesOf(name));
    }
  }

  /** Records a written checkpoint. */
  takeCheckpoint({ durationMs }: CheckpointInfo): void {
    this.#record('millrace.checkpoint.duration', durationMs, this.#attributes);
  }

  #record(name: HistogramName, ms: number, attributes: Attributes): void {
    this.#histograms[name].record(Math.max(0, ms) / 1_000, attributes);
  }

  #attributesOf(name: string): Attributes {
    const known = this.#outputs.get(name);
    if (known !== undefined) return known;
    const isBeyond = this.#outputs.size >= OUTPUTS_MAX;
    const output = isBeyond ? OTHER : escapeControls(name.slice(0, NAME_MAX));
    const attributes = { ...this.#attributes, output };
    if (!isBeyond) this.#outputs.set(name, attributes);
    return attributes;
  }
}
