// Everything that an observer remembers: one part for each subject, fed by the events and the readings of the gauges.
import {
  msUntil,
  type BatchInfo,
  type BatchTime,
  type Clock,
  type LateRecordsInfo,
  type OutputOperationInfo,
  type SerializedError,
} from '@millrace/core';
import type { EngineGauges, EngineReading, WatermarkInfo } from '@millrace/core/observation';
import { BatchCounters } from './counters/batch-counters.ts';
import { CheckpointTracker } from './counters/checkpoint-tracker.ts';
import { ExecutorLosses } from './counters/executor-losses.ts';
import { GaugeReader } from './counters/gauge-reader.ts';
import { InputTracker } from './counters/input-tracker.ts';
import { LostHosts } from './counters/lost-hosts.ts';
import { OutputTracker } from './counters/output-tracker.ts';
import { RecentRecordCounts } from './counters/recent-record-counts.ts';
import { StepWindow } from './counters/step-window.ts';
import { NamedValues } from './counters/stream-counts.ts';
import { BatchHistory } from './history/batch-history.ts';
import { BatchInterval } from './history/batch-interval.ts';
import type { KeptBatch } from './history/kept-batch.ts';
import { TimelineHistory } from './history/timeline-history.ts';
import type { ObserverOptions } from './observer-options.ts';
import type { EngineState } from './schema/engine-state.ts';
import { boundedError } from './history/batch-rows.ts';

/** The bound on all memory of an observer by its own account, in bytes: with small change, 8 MB. */
export const OBSERVER_BYTES_MAX = 7_500_000;
/** Objects of fixed size: quantiles, histograms, windows. */
const FIXED_BYTES = 120_000;
/** A batch whose outputs have ended is held when no other event follows for this long: without gauges. */
const HELD_AFTER_MS = 1_000;

/** The memory of an observer. */
export class Observation {
  readonly clock: Clock;
  readonly counters: BatchCounters;
  readonly inputs = new InputTracker();
  readonly outputs: OutputTracker;
  readonly checkpoints: CheckpointTracker;
  readonly losses = new ExecutorLosses();
  readonly lostHosts = new LostHosts();
  readonly recent = new RecentRecordCounts();
  readonly window = new StepWindow();
  readonly interval = new BatchInterval();
  readonly timelines = new TimelineHistory();
  readonly batches: BatchHistory;
  readonly gauges: GaugeReader;
  readonly watermarks = new NamedValues<WatermarkInfo>();
  readonly lateRecords = new NamedValues<number>();
  readonly states = new NamedValues<number>();
  /** The zone of times in words. */
  readonly timeZone: string;
  startedMs: number | undefined;
  failure: EngineState['failure'];
  /** By events; the gauges know more. */
  #state: EngineState['state'] = 'initialized';
  #stateChangedMs = Number.NEGATIVE_INFINITY;
  #completedMonotonicMs: number;

  constructor(deps: {
    readonly clock: Clock;
    readonly gauges: EngineGauges | undefined;
    readonly options: ObserverOptions;
  }) {
    const { clock, gauges, options } = deps;
    this.clock = clock;
    this.timeZone = options.timeZone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone;
    this.counters = new BatchCounters(options.buckets);
    this.outputs = new OutputTracker(options.buckets);
    this.checkpoints = new CheckpointTracker(options.buckets);
    this.batches = new BatchHistory(this.inputs.nameOf);
    this.gauges = new GaugeReader(gauges, clock, (reading, monotonicMs) =>
      this.#takeReading(reading, monotonicMs),
    );
    this.#completedMonotonicMs = clock.monotonicMs();
  }

  /** The state of the engine by the newest event or reading. */
  get state(): EngineState['state'] {
    const reading = this.gauges.newest;
    return reading === undefined || reading.timeMs < this.#stateChangedMs ? this.#state : reading.state;
  }

  /** The bytes of the memory by its own account. */
  get bytes(): number {
    return this.batches.bytes + this.#otherBytes();
  }

  /** The newest step of the window. */
  get newestStep(): number {
    return this.window.steps.at(-1)?.number ?? 0;
  }

  /** The time since a batch was completed or the engine started, in milliseconds. */
  get sinceCompletedMs(): number {
    return this.clock.monotonicMs() - this.#completedMonotonicMs;
  }

  /** True when the batch waits for `retryHeldBatch()`. */
  readonly isHeld = (batch: KeptBatch): boolean => {
    if (batch.isCompleted) return false;
    const reading = this.gauges.newest;
    const failedMs = batch.failedMs;
    if (reading !== undefined) {
      // A retry clears the end of the failed output; a reading from before the retry does not count.
      const isKnownToRun = failedMs === undefined && batch.hasOutputs;
      return reading.batches.held.includes(batch.batchTime) && !isKnownToRun;
    }
    return failedMs !== undefined && -msUntil(this.clock, failedMs) >= HELD_AFTER_MS;
  };

  /** The times of held batches, oldest first. */
  heldBatches(): readonly BatchTime[] {
    const reading = this.gauges.newest;
    const kept = this.batches.unfinished().filter(this.isHeld);
    if (reading === undefined) return kept.map(({ batchTime }) => batchTime);
    // Held batches that the history no longer has, or does not have yet.
    return reading.batches.held.filter((time) => {
      const batch = this.batches.get(time);
      return batch === undefined || this.isHeld(batch);
    });
  }

  /** Batches and records that wait: by the gauges, or else by the events. */
  backlog(): Omit<EngineState['batches'], 'held'> {
    const reading = this.gauges.newest;
    if (reading !== undefined) {
      const { queued, notMade, oldestDelayMs, unallocatedRecords } = reading.batches;
      return { queued, notMade, oldestDelayMs, unallocatedRecords };
    }
    const unfinished = this.batches.unfinished();
    const oldest = unfinished[0]?.batchTime;
    const oldestDelayMs = oldest === undefined ? 0 : Math.max(0, -msUntil(this.clock, oldest));
    return { queued: unfinished.length, notMade: 0, oldestDelayMs, unallocatedRecords: 0 };
  }

  /** Called when the engine has started, stops or has stopped. */
  moveTo(state: EngineState['state']): void {
    this.#state = state;
    this.#stateChangedMs = this.clock.now();
    if (state === 'active') this.#completedMonotonicMs = this.clock.monotonicMs();
  }

  /** Takes the error that stops the engine. */
  fail(error: SerializedError, timeMs: number): void {
    const { message, code } = boundedError(error);
    this.failure = { message, timeMs, ...(code === undefined ? {} : { code }) };
  }

  /** Takes a batch that is submitted or started. */
  takeBatch(batch: BatchInfo): void {
    this.interval.see(batch.batchTime);
    this.batches.take(batch);
    this.batches.trim(OBSERVER_BYTES_MAX - this.#otherBytes());
  }

  /** Takes a batch that was completed at this time. Returns the time of its point in the timelines. */
  takeCompleted(batch: BatchInfo, monotonicMs: number): number {
    this.gauges.read();
    this.#completedMonotonicMs = monotonicMs;
    const intervalMs = this.interval.ms;
    const step = this.window.add(batch, intervalMs);
    this.counters.take(batch);
    this.inputs.takeBatch(batch, step.number);
    this.outputs.takeBatch(batch);
    this.recent.records.add(batch.recordCount, this.#completedMonotonicMs);
    const pointMs = this.timelines.add({
      batchTime: batch.batchTime,
      isFailed: batch.outcome !== undefined && batch.outcome !== 'succeeded',
      records: batch.recordCount,
      schedulingMs: batch.schedulingDelayMs ?? 0,
      processingMs: batch.processingDelayMs ?? 0,
      totalMs: batch.totalDelayMs ?? 0,
      rateLimit: this.inputs.rateLimit(),
      intervalMs,
      inputs: this.inputs.pointInputs(batch),
    });
    this.takeBatch(batch);
    return pointMs;
  }

  /** Takes the start or the end of an output operation. */
  takeOutput(operation: OutputOperationInfo, hasEnded: boolean): void {
    const attemptsBefore = this.batches.get(operation.batchTime)?.attemptsOf(operation.id) ?? 0;
    if (hasEnded) this.outputs.takeEnd(operation, attemptsBefore);
    this.batches.takeOutput(operation, hasEnded);
  }

  /** Takes late records. */
  takeLate({ stream, recordCount }: LateRecordsInfo): void {
    this.counters.totals.lateRecords += recordCount;
    this.recent.late.add(recordCount, this.clock.monotonicMs());
    this.lateRecords.update(stream, (before = 0) => before + recordCount);
  }

  #takeReading(reading: EngineReading, monotonicMs: number): void {
    this.interval.tell(reading.batchIntervalMs);
    this.inputs.takeReading(reading, monotonicMs);
  }

  #otherBytes(): number {
    return FIXED_BYTES + this.timelines.bytes + this.inputs.bytes + this.outputs.bytes;
  }
}
