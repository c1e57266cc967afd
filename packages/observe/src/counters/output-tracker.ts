// The output operations of the program: durations, share of the time, retries and failures.
import type { BatchInfo, BatchTime, OutputOperationInfo } from '@millrace/core';
import { OTHERS_NAME } from '../history/batch-rows.ts';
import { messageWithCauses } from '../text/error-message.ts';
import { DurationHistogram } from './duration-histogram.ts';
import type { ObservedOutput } from '../schema/engine-state.ts';
import { cutName, cutText, MESSAGE_LENGTH_MAX } from '../text/cut-text.ts';
import { quantilesOf } from './quantiles.ts';

/** Output operations that are tracked one by one; further ones are summed. */
export const TRACKED_OUTPUTS_MAX = 100;
/** The number of newest batches. */
const RECENT = 20;
const OTHERS_OUTPUT_ID = -100;
const OUTPUT_BYTES = 1_500;

class TrackedOutput {
  readonly id: number;
  readonly name: string;
  readonly histogram: DurationHistogram;
  retries = 0;
  failures = 0;
  lastError: ObservedOutput['lastError'];
  /** By batch: its ordinal, and the duration. */
  readonly ordinals = new Float64Array(RECENT).fill(-1);
  readonly durations = new Float64Array(RECENT);

  constructor(id: number, name: string, buckets: readonly number[]) {
    this.id = id;
    this.name = cutName(name);
    this.histogram = new DurationHistogram(buckets);
  }
}

/** All output operations. */
export class OutputTracker {
  readonly #buckets: readonly number[];
  readonly #outputs = new Map<number, TrackedOutput>();
  /** The processing time of the newest batches, by ordinal. */
  readonly #processing = new Float64Array(RECENT);
  #ordinal = 0;
  #bytes = 0;

  constructor(buckets: readonly number[]) {
    this.#buckets = buckets;
  }

  /** The bytes of all tracked outputs, by their own account. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Takes the end of an operation: retries, and the failure if there is one.
   *
   * @param attemptsBefore The attempts that an earlier event of the same batch told.
   */
  takeEnd(operation: OutputOperationInfo, attemptsBefore: number): void {
    const output = this.#of(operation);
    output.retries += Math.max(0, operation.attempts - Math.max(1, attemptsBefore));
    if (operation.failure === undefined) return;
    output.failures += 1;
    const message = cutText(messageWithCauses(operation.failure), MESSAGE_LENGTH_MAX);
    this.#bytes += 2 * (message.length - (output.lastError?.message.length ?? 0));
    output.lastError = { message, batchTime: operation.batchTime };
  }

  /** Takes the durations of a completed batch. */
  takeBatch({ outputOperations, processingDelayMs = 0 }: BatchInfo): void {
    this.#ordinal += 1;
    const slot = this.#ordinal % RECENT;
    this.#processing[slot] = processingDelayMs;
    for (const operation of outputOperations) {
      const { startMs, endMs } = operation;
      if (startMs === undefined || endMs === undefined) continue;
      const output = this.#of(operation);
      const durationMs = Math.max(0, endMs - startMs);
      output.histogram.record(durationMs);
      const isSummed = output.ordinals[slot] === this.#ordinal;
      output.ordinals[slot] = this.#ordinal;
      output.durations[slot] = durationMs + (isSummed ? (output.durations[slot] as number) : 0);
    }
  }

  /** Name, counters and histogram of each output, for metrics. */
  all(): readonly Pick<TrackedOutput, 'name' | 'histogram' | 'retries' | 'failures'>[] {
    return [...this.#outputs.values()];
  }

  /** The outputs as plain data, the one with the largest share first. */
  toObserved(): readonly ObservedOutput[] {
    const processing = this.#processing.reduce((sum, ms) => sum + ms, 0);
    return [...this.#outputs.values()]
      .map((output) => this.#observed(output, processing))
      .toSorted((one, other) => other.share - one.share || one.id - other.id);
  }

  #observed(output: TrackedOutput, processing: number): ObservedOutput {
    const { id, name, retries, failures, lastError } = output;
    const durations = output.durations.filter(
      (_, slot) => (output.ordinals[slot] as number) > Math.max(0, this.#ordinal - RECENT),
    );
    const sum = durations.reduce((total, ms) => total + ms, 0);
    return {
      id,
      name,
      durationMs: quantilesOf(durations),
      share: processing <= 0 ? 0 : Math.min(1, sum / processing),
      retries,
      failures,
      ...(lastError === undefined ? {} : { lastError }),
    };
  }

  #of({
    id,
    name,
  }: {
    readonly id: number;
    readonly name: string;
    readonly batchTime: BatchTime;
  }): TrackedOutput {
    const known = this.#outputs.get(id);
    if (known !== undefined) return known;
    const isBeyond = this.#outputs.size >= TRACKED_OUTPUTS_MAX;
    const others = isBeyond ? this.#outputs.get(OTHERS_OUTPUT_ID) : undefined;
    if (others !== undefined) return others;
    const output = isBeyond
      ? new TrackedOutput(OTHERS_OUTPUT_ID, OTHERS_NAME, this.#buckets)
      : new TrackedOutput(id, name, this.#buckets);
    this.#outputs.set(output.id, output);
    this.#bytes += OUTPUT_BYTES + 2 * output.name.length + output.histogram.counts.byteLength;
    return output;
  }
}
