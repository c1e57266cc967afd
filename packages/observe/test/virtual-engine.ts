// An engine of tests: publishes the events of batches and receivers to an observer, on virtual time.
import {
  ManualClock,
  type BatchInfo,
  type OutputOperationInfo,
  type ReceiverInfo,
  type StreamInputInfo,
} from '@millrace/core';
import type { EngineGauges, EngineReading, ExecutorReading, ProgramNode } from '@millrace/core/observation';
import { EngineObserver, type ObserverOptions } from '../src/index.ts';

/** 2026-03-01T12:00:00Z. */
export const START_MS = Date.UTC(2026, 2, 1, 12);

/** A reading of an active engine without receivers. */
export function anyReading(differences: Partial<EngineReading> = {}): EngineReading {
  return {
    application: 'test',
    state: 'active',
    timeMs: START_MS,
    batchIntervalMs: 1_000,
    receivers: [],
    batches: { queued: 0, notMade: 0, held: [], oldestDelayMs: 0, unallocatedRecords: 0 },
    executors: [],
    driver: { heapUsedBytes: 1, heapLimitBytes: 2, residentBytes: 3, cpuMs: 0 },
    states: [],
    watermarks: [],
    droppedEvents: 0,
    ...differences,
  };
}

/** An executor of a reading. */
export function anyExecutorReading(differences: Partial<ExecutorReading> = {}): ExecutorReading {
  return {
    executorId: 'executor-1',
    host: 'host-1',
    cores: 1,
    runningTasks: 0,
    completedTasks: 0,
    blocks: { blocks: 1, bytes: 10, maxBytes: 100 },
    receivers: [],
    ...differences,
  };
}

/** An active receiver of stream 0. */
export function anyReceiver(differences: Partial<ReceiverInfo> = {}): ReceiverInfo {
  return {
    streamId: 0,
    name: 'orders',
    state: 'active',
    restarts: 0,
    isActive: true,
    isFinal: false,
    ...differences,
  };
}

/** The input of one stream. */
export function anyInput(differences: Partial<StreamInputInfo> = {}): StreamInputInfo {
  return {
    streamId: 0,
    streamName: 'orders',
    recordCount: 10,
    sizeBytes: 100,
    blockCount: 1,
    metadata: {},
    ...differences,
  };
}

/** A batch of a test; durations in milliseconds. */
export interface TestBatch {
  readonly waitMs?: number;
  readonly processMs?: number;
  readonly generatorLagMs?: number;
  readonly allocateMs?: number;
  readonly generateMs?: number;
  readonly inputs?: readonly StreamInputInfo[];
  readonly outputs?: readonly Partial<OutputOperationInfo>[];
  readonly outcome?: NonNullable<BatchInfo['outcome']>;
  readonly isRerun?: boolean;
  readonly recordErrors?: number;
  readonly deadLetters?: number;
}

/** A completed batch, and its form at the submission. */
export function anyBatch(batchTime: number, batch: TestBatch = {}): BatchInfo {
  const { waitMs = 0, processMs = 300, generatorLagMs = 1, allocateMs = 1, generateMs = 1 } = batch;
  const inputs = batch.inputs ?? [anyInput()];
  const startMs = batchTime + generatorLagMs + allocateMs + generateMs + waitMs;
  const outputs = batch.outputs ?? [{ name: 'write', endMs: startMs + processMs }];
  return {
    batchTime,
    inputs: new Map(inputs.map((input) => [input.streamId, input])),
    recordCount: inputs.reduce((sum, { recordCount }) => sum + recordCount, 0),
    submissionMs: startMs - waitMs,
    processingStartMs: startMs,
    processingEndMs: startMs + processMs,
    schedulingDelayMs: waitMs,
    processingDelayMs: processMs,
    totalDelayMs: generatorLagMs + allocateMs + generateMs + waitMs + processMs,
    phases: { generatorLagMs, allocateMs, generateMs, queueMs: waitMs, processMs },
    outputOperations: outputs.map((output, id) => ({
      batchTime,
      id,
      name: `output-${id}`,
      startMs,
      endMs: startMs + processMs,
      attempts: 1,
      ...output,
    })),
    isRerun: batch.isRerun ?? false,
    outcome: batch.outcome ?? 'succeeded',
    ...(batch.recordErrors === undefined ? {} : { recordErrors: batch.recordErrors }),
    ...(batch.deadLetters === undefined ? {} : { deadLetters: batch.deadLetters }),
  };
}

/** The form of a batch at its submission. */
export function submitted(batch: BatchInfo): BatchInfo {
  const { batchTime, inputs, recordCount, submissionMs, isRerun, phases } = batch;
  return {
    batchTime,
    inputs,
    recordCount,
    submissionMs,
    isRerun,
    phases: { ...phases, queueMs: 0, processMs: 0 },
    outputOperations: batch.outputOperations.map(({ id, name }) => ({ batchTime, id, name, attempts: 0 })),
  };
}

/** An observer, its clock, and an engine that is played by the test. */
export class VirtualEngine {
  readonly clock = new ManualClock(START_MS);
  readonly observer: EngineObserver;
  readonly intervalMs: number;
  nextBatchMs: number;
  /** Undefined: an engine without gauges. */
  reading: EngineReading | undefined;
  program: readonly ProgramNode[] = [];

  constructor(
    setup: {
      readonly intervalMs?: number;
      readonly hasGauges?: boolean;
      readonly options?: Partial<ObserverOptions>;
    } = {},
  ) {
    const { intervalMs = 1_000, hasGauges = true, options = {} } = setup;
    this.intervalMs = intervalMs;
    this.nextBatchMs = START_MS + intervalMs;
    this.reading = anyReading({ batchIntervalMs: intervalMs });
    const gauges: EngineGauges = {
      read: () => (this.reading === undefined ? undefined : { ...this.reading, timeMs: this.clock.now() }),
      program: () => this.program,
    };
    this.observer = new EngineObserver({
      clock: this.clock,
      options: { timeZone: 'UTC', ...options },
      ...(hasGauges ? { gauges } : {}),
    });
  }

  /** Changes the gauges. */
  read(differences: Partial<EngineReading>): void {
    this.reading = { ...(this.reading ?? anyReading()), ...differences };
  }

  start(): void {
    this.observer.onEvent('streaming:started', { timeMs: this.clock.now() });
  }

  /** Lets the interval of a batch pass, and publishes all events of the batch. Returns the batch. */
  async run(batch: TestBatch = {}): Promise<BatchInfo> {
    await this.clock.advance(this.nextBatchMs - this.clock.now());
    const info = anyBatch(this.nextBatchMs, batch);
    this.nextBatchMs += this.intervalMs;
    this.publish(info);
    return info;
  }

  /** Publishes all events of the next batch at once, without a passing of time. */
  runNow(batch: TestBatch = {}): void {
    this.publish(anyBatch(this.nextBatchMs, batch));
    this.nextBatchMs += this.intervalMs;
  }

  /** Runs some batches in a row. */
  async runMany(count: number, batch: (index: number) => TestBatch = () => ({})): Promise<void> {
    for (let index = 0; index < count; index += 1) await this.run(batch(index));
  }

  /** Publishes all events of a batch, now. */
  publish(info: BatchInfo): void {
    const { observer } = this;
    const waiting = submitted(info);
    observer.onEvent('batch:submitted', { batch: waiting });
    observer.onEvent('batch:started', {
      batch: { ...waiting, processingStartMs: info.processingStartMs ?? 0 },
    });
    for (const operation of info.outputOperations) {
      const { batchTime, id, name, startMs = 0 } = operation;
      observer.onEvent('output-operation:started', {
        operation: { batchTime, id, name, startMs, attempts: 0 },
      });
      observer.onEvent('output-operation:completed', { operation });
    }
    observer.onEvent('batch:completed', { batch: info });
  }
}
