// The driver of one streaming context: joins tracker, generator, scheduler and executors, starts them in order and
// stops them in order, also after failures. Recovery is in `driver-recovery.ts`, the running components in
// `driver-components.ts`, the cleanup of completed batches in `completed-batch-cleanup.ts`, the stop in
// `driver-stop.ts`.
//
//   start   open ports ─► in charge (or standing by) ─► recover ─► epoch recorded ─► executors ─► receivers ─► batches
//   stop    receivers (stop, push, acknowledge) ─► last batches made ─► … completed ─► last checkpoint ─► log closed
//           ─► executors ─► lease released ─► ports closed
import {
  Clock,
  isMillraceError,
  Logger,
  type BatchTime,
  type CheckpointStore,
  type Epoch,
  type ExecutorBackend,
  type ExecutorId,
  type ReceivedBlockInfo,
  type ReceiverInfo,
  type StreamId,
} from '@millrace/core';
import type { BatchInput, ExecutorMembership } from '@millrace/core/engine';
import type { LeaseReading, LogGauges } from '@millrace/core/observation';
import type { ResumePoint } from '../batches/job-generator.ts';
import type { CheckpointWriter } from '../checkpoint/checkpoint-writer.ts';
import { type Holdings, sumOfHoldings } from '../holdings.ts';
import { assertStateIsShared } from '../graph/shared-states.ts';
import { ReceivedBlockTracker } from '../tracking/received-block-tracker.ts';
import type { ReceiverTracker } from '../tracking/receiver-tracker.ts';
import { contextError } from './context-errors.ts';
import { checkpointStoreFor, driverCheckpoints } from './driver-checkpoints.ts';
import type { DriverDeps } from './driver-deps.ts';
import { ExecutorReports } from './executor-reports.ts';
import { stopDriver, type DriverStopOptions } from './driver-stop.ts';
import { openDriverStorage, type DriverStorage } from './driver-storage.ts';
import { joinDriverComponents, type DriverComponents } from './driver-components.ts';
import type { StopReport } from './stop-report.ts';
import { FIRST_EPOCH, recordEpoch, takeOver, type DriverRecovery } from './driver-recovery.ts';

/** The amounts of one receiver. */
export interface RegisteredAmounts {
  readonly blocks: number;
  readonly records: number;
}

/** The work that is not done yet. */
export interface BatchBacklog {
  /** Batches that were made and are not done. */
  readonly waiting: number;
  /** Batches that are due and not made. */
  readonly notMade: number;
  /** The oldest of all these batches; undefined: there is none. */
  readonly oldest: BatchTime | undefined;
  /** Registered records that no batch has taken. */
  readonly unallocatedRecords: number;
}

/** Runs one streaming context. Started once, stopped once. */
export class Driver {
  readonly #deps: DriverDeps;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #backend: ExecutorBackend;
  readonly #executorReports: ExecutorReports;
  #running: DriverComponents | undefined;
  /** Exists before the other components: recovery lets streams ask for the blocks of earlier batches. */
  #blockTracker: ReceivedBlockTracker | undefined;
  #epoch: Epoch = FIRST_EPOCH;
  #isStopping = false;
  /** Settles at the end of a start, successful or not; undefined: no start is running. */
  #starting: Promise<void> | undefined;
  /** Interrupts the wait of a running start; undefined: the wait ends by itself. */
  #interruptStart: ((options: DriverStopOptions) => void) | undefined;

  constructor(deps: DriverDeps) {
    const { ports } = deps.assembled;
    this.#deps = deps;
    this.#clock = ports.get(Clock);
    this.#log = ports.get(Logger);
    this.#backend = deps.executors.backend;
    this.#executorReports = new ExecutorReports({ clock: this.#clock, publish: deps.publish });
  }

  /** The epoch of this driver: one more than any recorded epoch of an earlier driver. */
  get epoch(): Epoch {
    return this.#epoch;
  }

  /**
   * Starts everything, once this driver is in charge. False: the driver was stopped while another driver was in charge;
   * nothing was started. After a rejection, and after false, the caller must stop the driver, which stops the parts
   * already started.
   */
  start(): Promise<boolean> {
    const started = this.#start();
    this.#starting = started
      .then(() => undefined)
      .catch(() => undefined)
      .finally(() => {
        this.#starting = undefined;
      });
    return started;
  }

  async #start(): Promise<boolean> {
    const { assembled, charge } = this.#deps;
    if (this.#backend.isRemote === true) assertStateIsShared(this.#deps.graph);
    await assembled.open();
    this.#assertNotStopping();
    this.#interruptStart = () => charge.callOff();
    if (!(await charge.begin())) return false;
    this.#interruptStart = undefined;
    this.#assertNotStopping();
    const resumeFrom = await this.#recover();
    const { receiverTracker, generator, allocation } = this.#partsRunning();
    const { graph, identity } = this.#deps;
    const { executors } = this.#deps.executors;
    this.#interruptStart = () => void this.#backend.stop().catch(() => undefined);
    await this.#backend.start({
      driver: receiverTracker,
      membership: this.#membership(receiverTracker),
      createExecutor: this.#deps.createExecutor,
      fingerprint: graph.fingerprint(),
      shape: graph.shape(),
      application: identity.application,
      epoch: this.#epoch,
      ...(executors === undefined ? {} : { executors }),
    });
    this.#assertNotStopping();
    this.#interruptStart = (options) => void receiverTracker.stop(options).catch(() => undefined);
    await receiverTracker.start();
    this.#interruptStart = undefined;
    this.#assertNotStopping();
    generator.start(resumeFrom);
    allocation?.start();
    return true;
  }

  /** True while another driver is in charge and this driver waits. */
  get isStandingBy(): boolean {
    return this.#deps.charge.isStandingBy;
  }

  /** The lease as this driver knows the lease; undefined without a lease. */
  get leaseReading(): LeaseReading | undefined {
    return this.#deps.charge.reading;
  }

  /** Amounts in use, see `Holdings`. */
  get holdings(): Holdings {
    const running = this.#running;
    if (running === undefined) return sumOfHoldings([]);
    const { blockTracker, receiverTracker, scheduler, generator, completedBatches, rates, checkpoints } =
      running;
    const deps = [blockTracker, receiverTracker, scheduler, generator, completedBatches, rates, checkpoints];
    return sumOfHoldings(deps.flatMap((part) => part?.holdings ?? []));
  }

  /** The blocks of all receiver streams in a batch; undefined: none are known. */
  inputOfBatch(batchTime: BatchTime): BatchInput | undefined {
    return this.#blockTracker?.blocksOfBatch(batchTime);
  }

  /** The blocks of a stream in a batch, as allocated. */
  blocksOfBatch(batchTime: BatchTime, streamId: StreamId): readonly ReceivedBlockInfo[] {
    return this.#blockTracker?.blocksOfBatch(batchTime)?.blocks.get(streamId) ?? [];
  }

  /** Resolves when no receiver will deliver any more data. */
  async sourcesEnded(): Promise<void> {
    return this.#partsRunning().receiverTracker.sourcesEnded();
  }

  /** Resolves when every receiver has started, or has ended for good. */
  async receiversStarted(): Promise<void> {
    return this.#partsRunning().receiverTracker.receiversStarted();
  }

  /** A snapshot of all receivers; empty before the start. */
  receiverInfos(): readonly ReceiverInfo[] {
    return this.#running?.receiverTracker.receiverInfos() ?? [];
  }

  /** The registered amounts of a receiver since the start; nothing before. */
  registeredBy(streamId: StreamId): RegisteredAmounts {
    return this.#running?.receiverTracker.registeredBy(streamId) ?? { blocks: 0, records: 0 };
  }

  /** The unfinished batches, and the records that wait for a batch. */
  batchesBehind(): BatchBacklog {
    const running = this.#running;
    if (running === undefined) return { waiting: 0, notMade: 0, oldest: undefined, unallocatedRecords: 0 };
    const { scheduler, generator, blockTracker } = running;
    const pending = scheduler.pendingBatches();
    return {
      waiting: pending.length,
      notMade: generator.batchesLeft,
      oldest: pending[0] ?? generator.firstBatchLeft,
      unallocatedRecords: blockTracker.unallocatedRecordCount(),
    };
  }

  /** The amounts of the log of decisions; undefined without a log, and before the start. */
  logGauges(): LogGauges | undefined {
    return this.#running?.durable.metadataLog.gauges?.();
  }

  /** The bytes of each operator's state in the newest checkpoint, by stream id; only known ones. */
  get stateSizes(): ReadonlyMap<string, number> {
    return this.#running?.checkpoints?.stateSizes ?? new Map();
  }

  /** The batches that are held after a failure, oldest first. */
  get heldBatches(): readonly BatchTime[] {
    return this.#running?.scheduler.heldBatches() ?? [];
  }

  /** Runs a held batch again: the named one, or the oldest. */
  async retryHeldBatch(batchTime?: BatchTime): Promise<void> {
    return this.#partsRunning().scheduler.retryHeldBatch(batchTime);
  }

  /**
   * Stops everything by the deadline, and reports the remains (STP-1). Never rejects: errors are in the report. A
   * running start ends first, so that nothing is opened behind the stop.
   */
  stop(options: DriverStopOptions): Promise<StopReport> {
    this.#isStopping = true;
    if (this.#starting !== undefined) this.#interruptStart?.(options);
    const driver = {
      deps: this.#deps,
      clock: this.#clock,
      log: this.#log,
      starting: this.#starting,
      running: () => this.#running,
    };
    return stopDriver(driver, options);
  }

  /**
   * Opens the storage of an earlier driver, recovers from the storage, and records the epoch of this driver before
   * anything else is written. Undefined: nothing is durable, so there is nothing to resume from.
   */
  async #recover(): Promise<ResumePoint | undefined> {
    const driver = this.#deps;
    const durable = await openDriverStorage(driver.assembled.ports, driver.checkpointDirectory);
    try {
      const blockTracker = this.#createBlockTracker(durable);
      this.#blockTracker = blockTracker;
      const store = checkpointStoreFor(driver, durable.store, this.#log);
      const deps = { driver, clock: this.#clock, log: this.#log, durable, blockTracker };
      const takeover = await takeOver({ ...deps, hasCheckpoints: store !== undefined });
      const { epoch, resumeFrom } = takeover;
      this.#epoch = epoch;
      this.#assertNotStopping();
      const checkpoints = this.#createCheckpoints(store, takeover, durable.store !== undefined);
      await recordEpoch(deps, takeover);
      await checkpoints?.begin();
      this.#assertNotStopping();
      driver.charge.tell(epoch);
      this.#running = joinDriverComponents({
        ...deps,
        epoch,
        checkpoints,
        executorReports: this.#executorReports,
      });
      return resumeFrom;
    } catch (error) {
      await durable.close();
      throw error;
    }
  }

  #createBlockTracker({ metadataLog, store }: DriverStorage): ReceivedBlockTracker {
    const { receivers, trackingOptions, onFatal } = this.#deps;
    return new ReceivedBlockTracker({
      streamIds: receivers.map(({ streamId }) => streamId),
      log: this.#log,
      metadataLog,
      logsProgress: metadataLog.isDurable && store === undefined,
      options: trackingOptions,
      onFatal,
    });
  }

  #createCheckpoints(
    store: CheckpointStore | undefined,
    { epoch, resumeFrom: start }: DriverRecovery,
    isConfigured: boolean,
  ): CheckpointWriter | undefined {
    if (store === undefined || start === undefined) return undefined;
    return driverCheckpoints({
      driver: this.#deps,
      log: this.#log,
      clock: this.#clock,
      store,
      isConfigured,
      epoch,
      start,
      running: () => this.#running,
      onSafe: (doneUpTo) => void this.#partsRunning().completedBatches.release(doneUpTo),
    });
  }

  #membership(tracker: ReceiverTracker): ExecutorMembership {
    const { onExecutorsChanged, onFatal } = this.#deps;
    return {
      onExecutorAdded: (executor) => {
        tracker.onExecutorAdded(executor);
        this.#executorReports.onExecutorAdded(executor);
        onExecutorsChanged();
      },
      onExecutorLost: (executorId, reason) => {
        this.#reportLostBlocks(executorId);
        tracker.onExecutorLost(executorId, reason);
        this.#executorReports.onExecutorLost(executorId, reason);
        onExecutorsChanged(executorId);
        this.#tellPeers(executorId);
      },
      onFailed: onFatal,
    };
  }

  /**
   * Blocks in a log are read again when needed. Blocks in memory are lost: their batches fail, and this log line
   * gives the reason.
   */
  #reportLostBlocks(executorId: ExecutorId): void {
    const lost = this.#partsRunning().completedBatches.neededBlocksIn(executorId);
    if (lost.blocks === 0) return;
    this.#log.error('blocks were in the memory of an executor that died and are lost', {
      executorId,
      ...lost,
    });
  }

  /** A connection between two executors may outlive the host at its other end. */
  #tellPeers(lost: ExecutorId): void {
    if (this.#backend.isRemote !== true) return;
    for (const { executorId } of this.#backend.executors()) {
      this.#backend
        .ask(executorId, 'PeerGone', { epoch: this.#epoch, executorId: lost })
        .catch((error: unknown) => {
          // An executor that is gone as well waits for no other executor.
          const isGone = isMillraceError(error, 'MR_EXECUTOR_UNREACHABLE');
          this.#log[isGone ? 'debug' : 'warn']('an executor was not notified of a lost executor', {
            executorId,
            lost,
            error,
          });
        });
    }
  }

  #assertNotStopping(): void {
    if (!this.#isStopping) return;
    throw contextError('MR_CONTEXT_STOPPED', 'the context was stopped during its start');
  }

  #partsRunning(): DriverComponents {
    if (this.#running !== undefined) return this.#running;
    this.#assertNotStopping();
    throw contextError('MR_CONTEXT_NOT_STARTED', 'the context is still starting');
  }
}
