// The driver of one streaming context: joins tracker, generator, scheduler and executors, starts them in order and
// stops them in order, whatever happens on the way.
//
//   start   open ports ─► executors ─► receivers ─► batches
//   stop    receivers (stop, push, acknowledge) ─► last batches made ─► … completed ─► executors ─► ports closed
import {
  ExecutorBackend,
  SchedulingPolicy,
  Clock,
  Logger,
  RandomSource,
  type AssembledEngine,
  type BatchTime,
  type ConfiguredReceiver,
  type ExecutorEndpoint,
  type ExecutorIdentity,
  type ReceivedBlockInfo,
  type StreamId,
} from '@millrace/core';
import { JobGenerator, JobScheduler, type BatchOptions, type ForgottenData } from '../batches/index.ts';
import type { DStreamGraph } from '../dstream/index.ts';
import type { PublishEvent } from '../listening/index.ts';
import { byDeadline } from '../time/by-deadline.ts';
import {
  ReceivedBlockTracker,
  ReceiverTracker,
  type InputInfoTracker,
  type TrackingOptions,
} from '../tracking/index.ts';
import { contextError } from './context-errors.ts';
import type { ReceiverStopInfo, StopReport } from './stop-report.ts';

/** A receiver stream of the program. */
export interface ReceiverEntry {
  readonly streamId: StreamId;
  readonly receiver: ConfiguredReceiver<unknown>;
}

/** What a driver is made of. */
export interface DriverSetup {
  readonly assembled: AssembledEngine;
  readonly graph: DStreamGraph;
  readonly receivers: readonly ReceiverEntry[];
  readonly inputInfo: InputInfoTracker;
  readonly batchIntervalMs: number;
  readonly batchOptions: BatchOptions;
  readonly trackingOptions: Partial<TrackingOptions>;
  readonly publish: PublishEvent;
  readonly createExecutor: (identity: ExecutorIdentity) => ExecutorEndpoint;
  /** Called once when the engine cannot go on. */
  readonly onFatal: (error: unknown) => void;
}

/** How to stop. */
export interface DriverStopOptions {
  /** True: what was received is processed first. */
  readonly graceful: boolean;
  /** Wall time by which the stop ends, whatever is left then. */
  readonly deadlineMs: number;
  /** Aborted when a graceful stop has to become one at once. */
  readonly hurry: AbortSignal;
}

/** How long a stop at once waits for parts that do not answer. */
export const HURRIED_STOP_MS = 2_000;

/** Which driver speaks. Without durable metadata there is never a second one. */
export const DRIVER_EPOCH = 1;

/** Runs one streaming context. Started once, stopped once. */
export class Driver {
  readonly #setup: DriverSetup;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #backend: ExecutorBackend;
  readonly #blockTracker: ReceivedBlockTracker;
  readonly #receiverTracker: ReceiverTracker;
  readonly #scheduler: JobScheduler;
  readonly #generator: JobGenerator;
  #isStopping = false;

  constructor(setup: DriverSetup) {
    const { assembled, graph, receivers, batchOptions, publish } = setup;
    const { ports } = assembled;
    this.#setup = setup;
    this.#clock = ports.get(Clock);
    this.#log = ports.get(Logger);
    this.#backend = ports.get(ExecutorBackend);
    const parts = { clock: this.#clock, log: this.#log, publish };
    this.#blockTracker = new ReceivedBlockTracker({
      streamIds: receivers.map(({ streamId }) => streamId),
      log: this.#log,
    });
    this.#receiverTracker = new ReceiverTracker({
      ...parts,
      backend: this.#backend,
      policy: ports.get(SchedulingPolicy),
      receivers: receivers.map(streamOf),
      blockTracker: this.#blockTracker,
      random: ports.get(RandomSource),
      epoch: DRIVER_EPOCH,
      options: setup.trackingOptions,
      onReplaced: setup.onFatal,
    });
    this.#scheduler = new JobScheduler({
      ...parts,
      options: batchOptions,
      onBatchDone: (batchTime) => this.#generator.onBatchDone(batchTime),
      onFatal: setup.onFatal,
    });
    this.#generator = new JobGenerator({
      ...parts,
      graph,
      scheduler: this.#scheduler,
      batchIntervalMs: setup.batchIntervalMs,
      options: batchOptions,
      allocateBlocks: (batchTime) => this.#blockTracker.allocateBlocksToBatch(batchTime),
      hasUnallocatedBlocks: () => this.#blockTracker.hasUnallocatedBlocks(),
      inputsOf: (batchTime) => setup.inputInfo.getInfo(batchTime),
      onForget: (forgotten, olderThan) => this.#forget(forgotten, olderThan),
    });
  }

  /** Starts everything. When it rejects, the caller stops: what had been started is then stopped again. */
  async start(): Promise<void> {
    await this.#setup.assembled.open();
    this.#assertNotStopping();
    await this.#backend.start({
      driver: this.#receiverTracker,
      membership: this.#receiverTracker,
      createExecutor: this.#setup.createExecutor,
      fingerprint: this.#setup.graph.fingerprint(),
    });
    await this.#receiverTracker.start();
    this.#assertNotStopping();
    this.#generator.start();
  }

  #assertNotStopping(): void {
    if (!this.#isStopping) return;
    throw contextError('MR_CONTEXT_STOPPED', 'the context was stopped while it was starting');
  }

  /** The blocks of a stream in a batch, as allocated. */
  blocksOfBatch(batchTime: BatchTime, streamId: StreamId): readonly ReceivedBlockInfo[] {
    return this.#blockTracker.blocksOfBatch(batchTime)?.blocks.get(streamId) ?? [];
  }

  /** Resolves when no receiver will bring anything any more. */
  sourcesEnded(): Promise<void> {
    return this.#receiverTracker.sourcesEnded();
  }

  /** Runs a held batch again. */
  retryHeldBatch(): Promise<void> {
    return this.#scheduler.retryHeldBatch();
  }

  /**
   * Stops everything by the deadline, and tells what was left (STP-1). Never rejects: what goes wrong is in the
   * report.
   */
  async stop(options: DriverStopOptions): Promise<StopReport> {
    const { graceful, deadlineMs, hurry } = options;
    this.#isStopping = true;
    const begunMs = this.#clock.monotonicMs();
    const steps = new StopSteps(this.#clock, this.#log, deadlineMs);
    if (!graceful) this.#scheduler.halt();
    const receivers = this.#receiverTracker.stop({ graceful, deadlineMs });
    if (graceful) await Promise.race([this.#drain(steps, receivers), whenAborted(hurry)]);
    if (hurry.aborted) steps.deadlineMs = Math.min(deadlineMs, this.#clock.now() + HURRIED_STOP_MS);
    this.#scheduler.halt();
    const receiverReport = await steps.run('receivers', receivers);
    await steps.run('generator', this.#generator.halt());
    const left = {
      unallocatedRecords: this.#blockTracker.unallocatedRecordCount(),
      pendingBatches: this.#scheduler.pendingBatches(),
      batchesNotMade: this.#generator.batchesLeft,
    };
    await steps.run('block tracker', this.#blockTracker.stop());
    await steps.run('executors', this.#backend.stop());
    await steps.run('ports', this.#setup.assembled.close());
    const report = {
      graceful: graceful && !hurry.aborted,
      durationMs: this.#clock.monotonicMs() - begunMs,
      receivers: receiverReport?.receivers ?? this.#setup.receivers.map(notAnswered),
      ...left,
      errors: steps.errors,
    };
    return { ...report, isClean: isClean(report) };
  }

  /** Lets everything that was received become batches, and the batches complete. */
  async #drain(steps: StopSteps, receivers: Promise<unknown>): Promise<void> {
    await steps.run('receivers', receivers);
    await steps.run('last batches', this.#generator.finish());
    await steps.run('batches', this.#scheduler.waitBelow(1));
  }

  /** Tells everybody what no batch will need again. Nothing waits for it: what fails now is told again later. */
  #forget({ rddIds, blockIds }: ForgottenData, olderThan: BatchTime): void {
    this.#setup.inputInfo.cleanup(olderThan);
    this.#receiverTracker.cleanupOldBlocks(olderThan);
    void this.#blockTracker.cleanupOldBatches(olderThan).catch((error: unknown) => {
      // The batches stay a little longer; the next clean-up takes them.
      this.#log.warn('old batches could not be forgotten', { olderThan, error });
    });
    if (rddIds.length === 0 && blockIds.length === 0) return;
    for (const { executorId } of this.#backend.executors()) {
      void this.#backend
        .ask(executorId, 'Forget', { epoch: DRIVER_EPOCH, rddIds, blockIds })
        .catch((error: unknown) => {
          this.#log.warn('an executor did not forget', { executorId, error });
        });
    }
  }
}

/** The steps of a stop: each bounded by the same deadline, each attempted whatever the others did. */
class StopSteps {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly errors: unknown[] = [];
  deadlineMs: number;

  constructor(clock: Clock, log: Logger, deadlineMs: number) {
    this.#clock = clock;
    this.#log = log;
    this.deadlineMs = deadlineMs;
  }

  async run<T>(step: string, promise: Promise<T>): Promise<T | undefined> {
    const outcome = await byDeadline(this.#clock, this.deadlineMs, promise);
    if (outcome.kind === 'done') return outcome.value;
    const error = outcome.kind === 'failed' ? outcome.error : undefined;
    if (error !== undefined) this.errors.push(error);
    this.#log.warn('a step of stopping did not end well', { step, outcome: outcome.kind, error });
    return undefined;
  }
}

async function whenAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}

function notAnswered({ streamId, receiver }: ReceiverEntry): ReceiverStopInfo {
  return { streamId, name: receiver.description, recordsLeft: 0, hasAnswered: false };
}

function streamOf({ streamId, receiver }: ReceiverEntry) {
  const { description: name, preferredHost } = receiver;
  return { streamId, name, ...(preferredHost === undefined ? {} : { preferredHost }) };
}

function isClean(report: Omit<StopReport, 'isClean'>): boolean {
  return (
    report.receivers.every((receiver) => receiver.hasAnswered && receiver.recordsLeft === 0) &&
    report.unallocatedRecords === 0 &&
    report.pendingBatches.length === 0 &&
    report.batchesNotMade === 0 &&
    report.errors.length === 0
  );
}
