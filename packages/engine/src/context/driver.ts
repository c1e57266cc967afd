// The driver of one streaming context: joins tracker, generator, scheduler and executors, starts them in order and
// stops them in order, whatever happens on the way.
//
//   start   open ports ─► recover ─► epoch recorded ─► executors ─► receivers ─► batches
//   stop    receivers (stop, push, acknowledge) ─► last batches made ─► … completed ─► last checkpoint ─► log closed
//           ─► executors ─► ports closed
import {
  SchedulingPolicy,
  Clock,
  Codec,
  isMillraceError,
  Logger,
  MemoryCheckpointStore,
  RandomSource,
  RateEstimatorFactory,
  type AssembledEngine,
  type BatchTime,
  type BatchInput,
  type CheckpointStore,
  type ConfiguredReceiver,
  type Epoch,
  type ExecutorBackend,
  type ExecutorEndpoint,
  type ExecutorId,
  type ExecutorIdentity,
  type Forget,
  type ExecutorMembership,
  type ReceivedBlockInfo,
  type StreamId,
} from '@millrace/core';
import {
  JobGenerator,
  JobScheduler,
  RateController,
  type BackPressureOptions,
  type BatchOptions,
  type ChosenExecutorAllocation,
  type ExecutorAllocationManager,
  type ResumePoint,
} from '../batches/index.ts';
import { CheckpointWriter, recover, type CheckpointContent, type Identity } from '../checkpoint/index.ts';
import type { CheckpointParts } from '../dstream/checkpointed-state.ts';
import {
  adoptBases,
  assertStateIsShared,
  basesOf,
  readBasis,
  rebuiltFrom,
  type DStreamGraph,
} from '../dstream/index.ts';
import type { PublishEvent } from '../listening/index.ts';
import type { RddJobRunner } from '../rdd/index.ts';
import type { ReceivingOptions } from '../receiving/index.ts';
import { byDeadline } from '../time/by-deadline.ts';
import {
  ReceivedBlockTracker,
  ReceiverTracker,
  type InputInfoTracker,
  type LostBlocks,
  type TrackingOptions,
} from '../tracking/index.ts';
import { checkpointOf } from './checkpoint-of.ts';
import { contextError } from './context-errors.ts';
import type { ChosenExecutors } from './master.ts';
import { allocateExecutors } from './executor-allocation.ts';
import type { Placement } from './placement.ts';
import { openDurableParts, type DurableParts } from './durable-parts.ts';
import type { ReceiverStopInfo, StopReport } from './stop-report.ts';
import { UnreleasedBlocks } from './unreleased-blocks.ts';

/** A receiver stream of the program. */
export interface ReceiverEntry {
  readonly streamId: StreamId;
  readonly receiver: ConfiguredReceiver<unknown>;
}

/** What a driver is made of. */
export interface DriverSetup {
  readonly assembled: AssembledEngine;
  readonly executors: ChosenExecutors;
  /** Where receivers and tasks go. */
  readonly placement: Placement;
  /** Undefined on an executor. */
  readonly jobRunner: RddJobRunner | undefined;
  /** Undefined: the number of executors stays as it is. */
  readonly executorAllocation: ChosenExecutorAllocation | undefined;
  /** Told of executors that come and go, beside the tracker. */
  readonly onExecutorsChanged: (lost?: ExecutorId) => void;
  /** Told when batches are done with. */
  readonly onDone: (doneUpTo: BatchTime) => void;
  readonly graph: DStreamGraph;
  readonly receivers: readonly ReceiverEntry[];
  readonly inputInfo: InputInfoTracker;
  readonly identity: Identity;
  readonly checkpointDirectory: string | undefined;
  readonly checkpointsKept: number;
  readonly allowDroppedState: boolean;
  readonly batchOptions: BatchOptions;
  readonly trackingOptions: Partial<TrackingOptions>;
  readonly receivingOptions: Pick<ReceivingOptions, 'maxRate' | 'maxBytesPerSecond'>;
  /** Undefined: receivers store as much as the options of receiving allow. */
  readonly backPressure: BackPressureOptions | undefined;
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

/** The epoch of a driver that has no predecessor. */
const FIRST_EPOCH = 1;

/** What runs once recovery has told where to begin. */
interface RunningParts {
  readonly durable: DurableParts;
  readonly blockTracker: ReceivedBlockTracker;
  readonly receiverTracker: ReceiverTracker;
  readonly scheduler: JobScheduler;
  readonly generator: JobGenerator;
  readonly allocation: ExecutorAllocationManager | undefined;
  /** Undefined when there are no checkpoints. */
  readonly checkpoints: CheckpointWriter | undefined;
}

/** Runs one streaming context. Started once, stopped once. */
export class Driver {
  readonly #setup: DriverSetup;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #backend: ExecutorBackend;
  #running: RunningParts | undefined;
  /** There before anything runs: recovery lets streams ask for the blocks of earlier batches. */
  #blockTracker: ReceivedBlockTracker | undefined;
  #epoch: Epoch = FIRST_EPOCH;
  #checkpointsInMemory: MemoryCheckpointStore | undefined;
  readonly #unreleased = new UnreleasedBlocks();
  #isStopping = false;

  constructor(setup: DriverSetup) {
    const { ports } = setup.assembled;
    this.#setup = setup;
    this.#clock = ports.get(Clock);
    this.#log = ports.get(Logger);
    this.#backend = setup.executors.backend;
  }

  /** Which driver this is: one more than any before it that has left a trace. */
  get epoch(): Epoch {
    return this.#epoch;
  }

  /** Starts everything. When it rejects, the caller stops: what had been started is then stopped again. */
  async start(): Promise<void> {
    if (this.#backend.isRemote === true) assertStateIsShared(this.#setup.graph);
    await this.#setup.assembled.open();
    this.#assertNotStopping();
    const resumeFrom = await this.#recover();
    const { receiverTracker, generator, allocation } = this.#partsRunning();
    const { graph, identity } = this.#setup;
    const { executors } = this.#setup.executors;
    await this.#backend.start({
      driver: receiverTracker,
      membership: this.#membership(receiverTracker),
      createExecutor: this.#setup.createExecutor,
      fingerprint: graph.fingerprint(),
      shape: graph.shape(),
      application: identity.application,
      ...(executors === undefined ? {} : { executors }),
    });
    await receiverTracker.start();
    this.#assertNotStopping();
    generator.start(resumeFrom);
    allocation?.start();
  }

  #membership(tracker: ReceiverTracker): ExecutorMembership {
    const { onExecutorsChanged } = this.#setup;
    return {
      onExecutorAdded: (executor) => {
        tracker.onExecutorAdded(executor);
        onExecutorsChanged();
      },
      onExecutorLost: (executorId, reason) => {
        this.#reportLostBlocks(executorId);
        tracker.onExecutorLost(executorId, reason);
        onExecutorsChanged(executorId);
      },
    };
  }

  /** Blocks in a log come back when they are read. Blocks in memory are gone: their batches fail, and this says why. */
  #reportLostBlocks(executorId: ExecutorId): void {
    const lost = this.#memoryBlocksOf(executorId);
    if (lost.blocks === 0) return;
    this.#log.error('blocks were in the memory of an executor that died and are lost', {
      executorId,
      ...lost,
    });
  }

  /** Blocks that are still needed and are in the memory of this executor only. */
  #memoryBlocksOf(executorId: ExecutorId): LostBlocks {
    const { blockTracker, generator } = this.#partsRunning();
    return blockTracker.memoryBlocksOf(executorId, Math.min(generator.doneUpTo, this.#rebuiltFrom()));
  }

  /**
   * Opens what an earlier driver left, takes it in, and writes down that this one is in charge, before anything else is
   * written. Undefined: nothing is kept, so there is nothing to go on from.
   */
  async #recover(): Promise<ResumePoint | undefined> {
    const { assembled, checkpointDirectory, receivers } = this.#setup;
    const durable = await openDurableParts(assembled.ports, checkpointDirectory);
    try {
      const blockTracker = new ReceivedBlockTracker({
        streamIds: receivers.map(({ streamId }) => streamId),
        log: this.#log,
        metadataLog: durable.metadataLog,
        logsProgress: durable.metadataLog.isDurable && durable.store === undefined,
        options: this.#setup.trackingOptions,
      });
      this.#blockTracker = blockTracker;
      const resumeFrom = await this.#takeIn(durable, blockTracker);
      this.#assertNotStopping();
      const checkpoints = this.#checkpointWriter(durable, resumeFrom);
      await checkpoints?.begin();
      await this.#recordEpoch(durable, blockTracker, resumeFrom);
      this.#assertNotStopping();
      this.#running = this.#build(durable, blockTracker, checkpoints);
      return resumeFrom;
    } catch (error) {
      await durable.close();
      throw error;
    }
  }

  /** A first driver with something to keep settles its zero time now, because that is part of what it keeps. */
  async #takeIn(durable: DurableParts, blockTracker: ReceivedBlockTracker): Promise<ResumePoint | undefined> {
    const { graph, identity, allowDroppedState, assembled } = this.#setup;
    if (this.#checkpointsIn(durable) === undefined && !durable.metadataLog.isDurable) return undefined;
    const codec = assembled.ports.get(Codec);
    const { epoch, resumeFrom } = await recover({
      ...durable,
      identity,
      codec,
      log: this.#log,
      graph,
      blockTracker,
      allowDroppedState,
    });
    this.#epoch = epoch;
    if (resumeFrom !== undefined) return resumeFrom;
    const { batchIntervalMs } = identity;
    const zeroTime = Math.floor(this.#clock.now() / batchIntervalMs) * batchIntervalMs;
    return { zeroTime, doneUpTo: zeroTime, lastMade: zeroTime };
  }

  /** Where checkpoints go. Executors with a memory of their own may die with state: then they go on from one in memory. */
  #checkpointsIn({ store }: DurableParts): CheckpointStore | undefined {
    if (store !== undefined || this.#backend.isRemote !== true) return store;
    const { graph } = this.#setup;
    if (graph.streams.every(({ state }) => state?.shared === undefined)) return undefined;
    return (this.#checkpointsInMemory ??= new MemoryCheckpointStore({ log: this.#log }));
  }

  #checkpointWriter(durable: DurableParts, start: ResumePoint | undefined): CheckpointWriter | undefined {
    const store = this.#checkpointsIn(durable);
    if (store === undefined || start === undefined) return undefined;
    return new CheckpointWriter({
      store,
      codec: this.#setup.assembled.ports.get(Codec),
      log: this.#log,
      keep: this.#setup.checkpointsKept,
      snapshot: (parts) => this.#snapshot(start, parts),
      onDurable: () => {
        for (const { state } of this.#setup.graph.streams) state?.checkpointed?.();
        // In the same turn: what executors are told from now on, the driver's own graph has to be in line with.
        this.#moveBases();
      },
      onSafe: (doneUpTo) => void this.#release(doneUpTo),
    });
  }

  #snapshot(start: ResumePoint, parts: CheckpointParts): Promise<CheckpointContent> {
    const { graph, identity } = this.#setup;
    const { generator, scheduler } = this.#running ?? {};
    const hasBegun = generator?.hasStarted === true;
    const progress = {
      graph,
      identity,
      epoch: this.#epoch,
      zeroTime: start.zeroTime,
      doneUpTo: hasBegun ? generator.doneUpTo : start.doneUpTo,
      lastMade: hasBegun ? generator.lastMade : start.lastMade,
      pending: scheduler?.pendingBatches() ?? [],
    };
    return checkpointOf(progress, parts);
  }

  async #recordEpoch(
    { metadataLog }: DurableParts,
    blockTracker: ReceivedBlockTracker,
    start: ResumePoint | undefined,
  ): Promise<void> {
    if (start === undefined) return;
    await metadataLog.append({
      kind: 'driver-start',
      timeMs: blockTracker.lastAllocated ?? 0,
      epoch: this.#epoch,
      ...this.#setup.identity,
      zeroTime: start.zeroTime,
    });
  }

  #build(
    durable: DurableParts,
    blockTracker: ReceivedBlockTracker,
    checkpoints: CheckpointWriter | undefined,
  ): RunningParts {
    const { assembled, graph, receivers, batchOptions, publish, inputInfo, onFatal, identity } = this.#setup;
    const { ports } = assembled;
    const parts = { clock: this.#clock, log: this.#log, publish };
    const receiverTracker = new ReceiverTracker({
      ...parts,
      backend: this.#setup.placement,
      policy: ports.get(SchedulingPolicy),
      receivers: receivers.map(streamOf),
      blockTracker,
      readBasis: async (request) => ({ bytes: await readBasis(graph, request) }),
      random: ports.get(RandomSource),
      epoch: this.#epoch,
      options: this.#setup.trackingOptions,
      onReplaced: onFatal,
    });
    const rates = this.#rateController(receiverTracker);
    const allocation = this.#executorAllocation(receiverTracker, rates);
    const scheduler = new JobScheduler({
      ...parts,
      publish: (event, value) => {
        rates?.onEvent(event, value);
        allocation?.onEvent(event, value);
        publish(event, value);
      },
      options: batchOptions,
      onBatchDone: (batchTime) => generator.onBatchDone(batchTime),
      onFatal,
    });
    const generator: JobGenerator = new JobGenerator({
      ...parts,
      graph,
      scheduler,
      batchIntervalMs: identity.batchIntervalMs,
      options: batchOptions,
      recordsInputs: durable.metadataLog.isDurable,
      allocateBlocks: (batchTime, inputs) => blockTracker.allocateBlocksToBatch(batchTime, inputs),
      hasUnallocatedBlocks: () => blockTracker.hasUnallocatedBlocks(),
      inputsOf: (batchTime) => inputInfo.getInfo(batchTime),
      onDone: (doneUpTo) => this.#onDone(doneUpTo),
    });
    return { durable, blockTracker, receiverTracker, scheduler, generator, allocation, checkpoints };
  }

  /** Its first limits are set at once: receivers are told them when they are started. */
  #rateController(tracker: ReceiverTracker): RateController | undefined {
    const { backPressure, receivingOptions, receivers, publish, identity, assembled } = this.#setup;
    if (backPressure === undefined) return undefined;
    const controller = new RateController({
      ...receivingOptions,
      clock: this.#clock,
      log: this.#log,
      publish,
      estimators: assembled.ports.get(RateEstimatorFactory),
      streamIds: receivers.map(({ streamId }) => streamId),
      batchIntervalMs: identity.batchIntervalMs,
      options: backPressure,
      setLimit: (streamId, { recordsPerSecond, bytesPerSecond }) =>
        tracker.updateRateLimit(streamId, recordsPerSecond, bytesPerSecond),
    });
    controller.begin();
    return controller;
  }

  /** It follows `rates`: what those have noted of a batch is asked when the batch is done. */
  #executorAllocation(
    tracker: ReceiverTracker,
    rates: RateController | undefined,
  ): ExecutorAllocationManager | undefined {
    const { executorAllocation: chosen, jobRunner, placement, receivers, identity } = this.#setup;
    const { scaling } = this.#backend;
    if (chosen === undefined || scaling === undefined || jobRunner === undefined) return undefined;
    return allocateExecutors({
      clock: this.#clock,
      log: this.#log,
      chosen,
      scaling,
      placement,
      jobRunner,
      batchIntervalMs: identity.batchIntervalMs,
      streamIds: receivers.map(({ streamId }) => streamId),
      wasHeldBack: (batchTime) => rates?.wasHeldBack(batchTime) ?? false,
      executorsWithReceivers: () => tracker.executorsWithReceivers(),
      hasOnlyCopies: (executorId) => this.#memoryBlocksOf(executorId).blocks > 0,
    });
  }

  #assertNotStopping(): void {
    if (!this.#isStopping) return;
    throw contextError('MR_CONTEXT_STOPPED', 'the context was stopped while it was starting');
  }

  #partsRunning(): RunningParts {
    if (this.#running !== undefined) return this.#running;
    throw contextError('MR_CONTEXT_NOT_STARTED', 'the context is still starting');
  }

  /** The blocks of all receiver streams in a batch; undefined: none are known. */
  inputOfBatch(batchTime: BatchTime): BatchInput | undefined {
    return this.#blockTracker?.blocksOfBatch(batchTime);
  }

  /** The blocks of a stream in a batch, as allocated. */
  blocksOfBatch(batchTime: BatchTime, streamId: StreamId): readonly ReceivedBlockInfo[] {
    return this.#blockTracker?.blocksOfBatch(batchTime)?.blocks.get(streamId) ?? [];
  }

  /** Resolves when no receiver will bring anything any more. */
  async sourcesEnded(): Promise<void> {
    return this.#partsRunning().receiverTracker.sourcesEnded();
  }

  /** Runs a held batch again. */
  async retryHeldBatch(): Promise<void> {
    return this.#partsRunning().scheduler.retryHeldBatch();
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
    const left =
      this.#running === undefined ? NOTHING_RAN : await this.#stopRunning(this.#running, steps, options);
    await steps.run('executors', this.#backend.stop());
    await steps.run('ports', this.#setup.assembled.close());
    const report = {
      graceful: graceful && !hurry.aborted,
      durationMs: this.#clock.monotonicMs() - begunMs,
      ...left,
      errors: steps.errors,
    };
    return { ...report, isClean: isClean(report) };
  }

  async #stopRunning(running: RunningParts, steps: StopSteps, options: DriverStopOptions): Promise<StopLeft> {
    const { durable, blockTracker, receiverTracker, scheduler, generator, allocation, checkpoints } = running;
    await allocation?.stop();
    const { graceful, deadlineMs, hurry } = options;
    if (!graceful) scheduler.halt();
    const receivers = receiverTracker.stop({ graceful, deadlineMs });
    if (graceful) await Promise.race([this.#drain(running, steps, receivers), whenAborted(hurry)]);
    if (hurry.aborted) steps.deadlineMs = Math.min(deadlineMs, this.#clock.now() + HURRIED_STOP_MS);
    scheduler.halt();
    const receiverReport = await steps.run('receivers', receivers);
    await steps.run('generator', generator.halt());
    const left = {
      receivers: receiverReport?.receivers ?? this.#setup.receivers.map(notAnswered),
      unallocatedRecords: blockTracker.unallocatedRecordCount(),
      pendingBatches: scheduler.pendingBatches(),
      batchesNotMade: generator.batchesLeft,
    };
    // What the last checkpoint allows to be cleaned up is still written to the log; then the log is closed.
    if (checkpoints !== undefined) await steps.run('last checkpoint', checkpoints.end());
    await steps.run('block tracker', blockTracker.stop());
    await steps.run('durable parts', durable.close());
    return left;
  }

  /** Lets everything that was received become batches, and the batches complete. */
  async #drain(running: RunningParts, steps: StopSteps, receivers: Promise<unknown>): Promise<void> {
    await steps.run('receivers', receivers);
    await steps.run('last batches', running.generator.finish());
    await steps.run('batches', running.scheduler.waitBelow(1));
  }

  /**
   * What is in memory goes at once, whatever becomes of checkpoints: a driver that comes back has the log, not this
   * memory. Blocks and decisions in logs go too when nothing is kept of batches; else they wait until checkpoints say so
   * (WAL-4).
   */
  #onDone(doneUpTo: BatchTime): void {
    const { graph, inputInfo } = this.#setup;
    const { blockTracker, checkpoints } = this.#partsRunning();
    graph.giveUp(doneUpTo);
    const forgotten = Math.min(doneUpTo, this.#rebuiltFrom());
    const { rddIds, blockIds, loggedBlockIds } = graph.clearMetadata(forgotten);
    const olderThan = forgotten - graph.maxInputRememberMs;
    inputInfo.cleanup(doneUpTo - graph.maxInputRememberMs);
    this.#setup.onDone(forgotten);
    this.#tellExecutors({ rddIds, blockIds, doneUpTo: forgotten });
    this.#unreleased.add(doneUpTo, loggedBlockIds);
    if (checkpoints === undefined) void this.#release(doneUpTo);
    else checkpoints.request();
    void blockTracker.forgetDoneBatches(olderThan);
  }

  /** Lets go of how state came to what is kept of it now. */
  #moveBases(): void {
    const { graph } = this.#setup;
    const bases = this.#backend.isRemote === true ? basesOf(graph) : undefined;
    if (bases === undefined) return;
    adoptBases(graph, bases, (operator, batchTime, partition) =>
      readBasis(graph, { operator, batchTime, partition }),
    );
  }

  /** Whatever is done with, batches behind this one may be computed again: executors may die, with the state they made. */
  #rebuiltFrom(): BatchTime {
    return this.#backend.isRemote === true ? rebuiltFrom(this.#setup.graph) : Number.POSITIVE_INFINITY;
  }

  /**
   * Forgets what no batch will need again: first in the log, then on the executors, so that no driver finds a batch
   * whose blocks are gone (WAL-4). Nothing waits for it and it never rejects: what fails now is done the next time.
   */
  async #release(doneUpTo: BatchTime): Promise<void> {
    const { graph, identity } = this.#setup;
    const { receiverTracker, blockTracker } = this.#partsRunning();
    const olderThan = doneUpTo - graph.maxInputRememberMs;
    if (!(await blockTracker.cleanupOldBatches(olderThan, doneUpTo))) return;
    // An allocation may be under way: what is registered now belongs to it or to the one after it.
    const registeredUpTo = (blockTracker.lastAllocated ?? doneUpTo) + 2 * identity.batchIntervalMs;
    receiverTracker.cleanupOldBlocks(olderThan, registeredUpTo);
    this.#tellExecutors({ rddIds: [], blockIds: this.#unreleased.take(doneUpTo) });
  }

  #tellExecutors(forgotten: Pick<Forget, 'rddIds' | 'blockIds' | 'doneUpTo'>): void {
    const { rddIds, blockIds, doneUpTo } = forgotten;
    if (rddIds.length + blockIds.length === 0 && doneUpTo === undefined) return;
    for (const { executorId } of this.#backend.executors()) {
      void this.#backend
        .ask(executorId, 'Forget', { epoch: this.#epoch, ...forgotten })
        .catch((error: unknown) => {
          // One that is gone has forgotten everything.
          const isGone = isMillraceError(error, 'MR_EXECUTOR_UNREACHABLE');
          this.#log[isGone ? 'debug' : 'warn']('an executor did not forget', { executorId, error });
        });
    }
  }
}

/** What a stop leaves behind. */
type StopLeft = Pick<StopReport, 'receivers' | 'unallocatedRecords' | 'pendingBatches' | 'batchesNotMade'>;

const NOTHING_RAN: StopLeft = { receivers: [], unallocatedRecords: 0, pendingBatches: [], batchesNotMade: 0 };

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
  const { description: name, preferredHost, capabilities } = receiver;
  return {
    streamId,
    name,
    isReplayable: capabilities.replayable,
    ...(preferredHost === undefined ? {} : { preferredHost }),
  };
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
