// The driver's side of receiving. Executors report their receivers here; the tracker decides which attempt may run,
// passes blocks to the received-block tracker, and asks executors to start, stop, slow down and clean up.
//
// The tracker is an endpoint that handles one message at a time, in order of arrival: messages of executors, answers,
// timers, and added or lost executors all pass one queue, and no task in that queue waits. Only AddBlock bypasses the
// queue, because it waits for the log; the received-block tracker keeps its order per stream. Messages may arrive twice
// or late. The attempt id decides: reports of an earlier attempt change nothing (`receiver-message-handler.ts`), but
// its blocks count, because they are stored and their ids are unique. Blocks of an earlier attempt do not count for a
// replayable source, because the later attempt reads their records again. Nor do blocks of an earlier driver's attempt,
// because the log no longer shows which of these blocks have been in a batch (ADR 0022).
import type {
  BatchTime,
  Clock,
  Epoch,
  ExecutorBackend,
  ExecutorDescription,
  ExecutorId,
  Logger,
  RandomSource,
  ReceiverInfo,
  SchedulingPolicy,
  StreamId,
} from '@millrace/core';
import {
  engineStopper,
  type AddBlock,
  type AddBlockReply,
  type DriverEndpoint,
  type DriverProtocol,
  type FetchSnapshot,
  type FetchSnapshotReply,
  type ExecutorMembership,
  type RegisterReceiver,
  type RegisterReceiverReply,
} from '@millrace/core/engine';
import type { Holdings } from '../holdings.ts';
import { assertMessageToDriver } from '../messages/message-shapes.ts';
import type { PublishEvent } from '../listening/publish-event.ts';
import { ExecutorBroadcaster } from './executor-broadcaster.ts';
import { ExecutorReadiness } from './executor-readiness.ts';
import { entryOfStream, ReceiverEntry, type ReceiverStream } from './receiver-entry.ts';
import { NO_RESTART_BOUNDS, ReceiverFailures, type RestartBounds } from './receiver-failures.ts';
import { ReceiverLauncher } from './receiver-launcher.ts';
import { ReceiverMessageHandler } from './receiver-message-handler.ts';
import { type ReceiverStopOptions, type ReceiverStopReport, stopReceivers } from './receiver-stop.ts';
import type { ReceivedBlockTracker } from './received-block-tracker.ts';
import { SerialQueue } from './serial-queue.ts';
import { trackingError } from './tracking-errors.ts';
import { type ReceiverTrackerOptions, resolveTrackingOptions } from './tracking-options.ts';

/** The collaborators of a tracker. */
export interface ReceiverTrackerDeps {
  readonly backend: ExecutorBackend;
  readonly policy: SchedulingPolicy;
  readonly receivers: readonly ReceiverStream[];
  /** Not stopped by this tracker: the last batches are still allocated after the receivers are gone. */
  readonly blockTracker: ReceivedBlockTracker;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly epoch: Epoch;
  readonly publish: PublishEvent;
  readonly log: Logger;
  readonly options?: Partial<ReceiverTrackerOptions>;
  /** Default: restarts without a bound. */
  readonly restartBounds?: RestartBounds;
  /** Called once when executors obey a newer driver: this driver has to stop. No receiver is restarted from then on. */
  readonly onReplaced?: (error: unknown) => void;
  /** Called with an error of disposition `stop-engine` that ended a receiver, or that occurred in a message handler. */
  readonly onFatal?: (error: unknown) => void;
  /**
   * Answers executors that ask for a snapshot of state; default: there is none. All messages of executors arrive here.
   */
  readonly fetchSnapshot?: (request: FetchSnapshot) => Promise<FetchSnapshotReply>;
}

/** The phases of a tracker. `Stopping` begins with the call of `stop`. */
export type ReceiverTrackerState = 'Initialized' | 'Started' | 'Stopping' | 'Stopped';

/** The answer to each kind of message. */
type Handlers = {
  readonly [K in keyof DriverProtocol]: (
    request: DriverProtocol[K]['request'],
  ) => Promise<DriverProtocol[K]['reply']>;
};

/** Tracks the receivers of one driver. Made after all streams are known, started once, stopped once. */
export class ReceiverTracker implements DriverEndpoint, ExecutorMembership {
  readonly #deps: ReceiverTrackerDeps;
  readonly #entries: ReadonlyMap<StreamId, ReceiverEntry>;
  readonly #queue = new SerialQueue();
  readonly #launcher: ReceiverLauncher;
  readonly #readiness: ExecutorReadiness;
  readonly #notices: ExecutorBroadcaster;
  readonly #reports: ReceiverMessageHandler;
  readonly #handlers: Handlers;
  #state: ReceiverTrackerState = 'Initialized';
  #isStarting = false;
  #isReplaced = false;
  #stopped: Promise<ReceiverStopReport> | undefined;

  constructor(deps: ReceiverTrackerDeps) {
    const options = resolveTrackingOptions(deps.options);
    this.#deps = deps;
    this.#entries = new Map(deps.receivers.map((stream) => [stream.streamId, new ReceiverEntry(stream)]));
    const receiverFailures = new ReceiverFailures({
      ...deps,
      bounds: deps.restartBounds ?? NO_RESTART_BOUNDS,
      onFatal: (error) => this.#deps.onFatal?.(error),
    });
    this.#launcher = new ReceiverLauncher({
      ...deps,
      options,
      receiverFailures,
      entries: this.#entries,
      post: (task) => this.#post(task),
      onReplaced: (error) => this.#replaced(error),
    });
    this.#readiness = new ExecutorReadiness({
      ...deps,
      minExecutors: options.minExecutors,
      timeoutMs: options.executorReadinessTimeoutMs,
    });
    this.#notices = new ExecutorBroadcaster({
      ...deps,
      entries: this.#entries,
      onReplaced: (error) => this.#post(() => this.#replaced(error)),
    });
    this.#reports = new ReceiverMessageHandler({
      ...deps,
      entries: this.#entries,
      launcher: this.#launcher,
      receiverFailures,
      notices: this.#notices,
      runsReceivers: () => this.#state === 'Started',
      onFatal: (error) => this.#deps.onFatal?.(error),
    });
    this.#handlers = {
      RegisterReceiver: (request) => this.#registerWithPosition(request),
      ReportStarted: (request) => this.#queue.run(() => this.#reports.reportStarted(request)),
      AddBlock: (request) => this.#addBlock(request),
      ReportError: (request) => this.#queue.run(() => this.#reports.reportError(request)),
      DeregisterReceiver: (request) => this.#queue.run(() => this.#reports.deregister(request)),
      FetchSnapshot: deps.fetchSnapshot ?? nothingKept,
    };
  }

  get state(): ReceiverTrackerState {
    return this.#state;
  }

  /**
   * Waits for executors, then asks executors to start the receivers; resolves when all are asked. Does not wait without
   * receivers. May be called again after `MR_TRACKING_NO_EXECUTORS`.
   *
   * @throws `MR_TRACKING_NO_EXECUTORS`, `MR_TRACKING_POLICY_FAILED`, `MR_TRACKING_ALREADY_STARTED`,
   * `MR_TRACKING_STOPPED` when it was stopped meanwhile.
   */
  async start(): Promise<void> {
    if (this.#state !== 'Initialized' || this.#isStarting) {
      throw trackingError(
        'MR_TRACKING_ALREADY_STARTED',
        `expected a new tracker, but the tracker is ${this.#state}`,
      );
    }
    this.#isStarting = true;
    try {
      if (this.#entries.size > 0) await this.#readiness.wait();
      await this.#queue.run(() => this.#startAll());
    } finally {
      this.#isStarting = false;
    }
  }

  /** Handles one message of an executor. An unknown stream is refused with `MR_TRACKING_UNKNOWN_STREAM`. */
  ask<K extends keyof DriverProtocol>(
    kind: K,
    request: DriverProtocol[K]['request'],
  ): Promise<DriverProtocol[K]['reply']> {
    try {
      assertMessageToDriver(kind, request);
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#handlers[kind](request);
  }

  /** Places the receivers that wait for an executor. */
  onExecutorAdded(executor: ExecutorDescription): void {
    this.#deps.log.info('executor added', { ...executor });
    this.#readiness.executorsChanged();
    this.#post(() => this.#launcher.launchWaiting());
  }

  /** Starts the executor's receivers elsewhere; during a stop, no caller waits for these receivers any more. */
  onExecutorLost(executorId: ExecutorId, reason: string): void {
    this.#deps.log.warn('executor lost', { executorId, reason });
    this.#post(() => {
      if (this.#state === 'Started') this.#launcher.executorLost(executorId, reason);
    });
  }

  /**
   * Sets the limit of a receiver per second, now and for every later start; may be called before `start`, so that the
   * first batch also has a limit. The next limit replaces one that does not arrive.
   *
   * @param bytesPerSecond Absent: the limit in bytes is unchanged.
   * @throws `RangeError` unless both are numbers above 0: a receiver at 0 would never be measured again.
   */
  updateRateLimit(streamId: StreamId, recordsPerSecond: number, bytesPerSecond?: number): void {
    for (const perSecond of [recordsPerSecond, bytesPerSecond ?? recordsPerSecond]) {
      if (perSecond > 0 && Number.isFinite(perSecond)) continue;
      throw new RangeError(`expected a rate limit above 0, got ${perSecond}`);
    }
    const limit = bytesPerSecond === undefined ? { recordsPerSecond } : { recordsPerSecond, bytesPerSecond };
    entryOfStream(this.#entries, streamId).rateLimit = limit;
    this.#notices.rateLimit(streamId, limit);
  }

  /**
   * Notifies all executors that batches up to `threshold` are done, and that every block registered by now belongs to
   * `registeredUpTo` or an earlier batch. The next notice makes up for a lost one.
   */
  cleanupOldBlocks(threshold: BatchTime, registeredUpTo?: BatchTime): void {
    this.#notices.cleanup(registeredUpTo === undefined ? { threshold } : { threshold, registeredUpTo });
  }

  /** Tells the executors how many batches are held. */
  batchesHeld(heldBatches: number): void {
    this.#notices.condition({ heldBatches });
  }

  /** True when a block waits for a batch. */
  hasUnallocatedBlocks(): boolean {
    return this.#deps.blockTracker.hasUnallocatedBlocks();
  }

  /** The amounts of a receiver that have been registered since this driver began. */
  registeredBy(streamId: StreamId): { readonly blocks: number; readonly records: number } {
    return entryOfStream(this.#entries, streamId).registered;
  }

  /** A snapshot of all receivers, in the order in which they were given. */
  receiverInfos(): ReceiverInfo[] {
    return [...this.#entries.values()].map((entry) => entry.info());
  }

  /** The amounts of the tracker, see `Holdings`. Receivers that are about to restart count as work in progress. */
  get holdings(): Holdings {
    const entries = [...this.#entries.values()];
    return {
      underWay: {
        'tracking.messages': this.#queue.length,
        'tracking.notices': this.#notices.underWay,
        'tracking.receiversDue': entries.filter(
          ({ timer, isWaitingForExecutor }) => timer || isWaitingForExecutor,
        ).length,
      },
      kept: {},
    };
  }

  /** The executors that were asked to run a receiver, and may run it. */
  executorsWithReceivers(): ReadonlySet<ExecutorId> {
    const ids = [...this.#entries.values()].map((entry) => entry.executorId);
    return new Set(ids.filter((executorId) => executorId !== undefined));
  }

  /** Resolves when every receiver has started or is final; at once when there are none. A stop alone does not resolve it. */
  receiversStarted(): Promise<void> {
    return this.#reports.receiversStarted;
  }

  /** Resolves when every receiver is final; at once when there are none. A stop alone does not resolve it. */
  sourcesEnded(): Promise<void> {
    return this.#reports.sourcesEnded;
  }

  /**
   * Stops all receivers and ends by the deadline, even when a receiver does not end (STP-1, REC-4). Blocks are accepted
   * until the end, then refused, because no batch would process later blocks. A repeated call returns the result of the
   * first stop.
   */
  stop(options: ReceiverStopOptions): Promise<ReceiverStopReport> {
    this.#stopped ??= this.#stop(options);
    return this.#stopped;
  }

  #startAll(): void {
    if (this.#state !== 'Initialized') {
      throw trackingError('MR_TRACKING_STOPPED', 'the tracker was stopped before its start');
    }
    this.#launcher.launchAll();
    this.#state = 'Started';
  }

  async #stop(options: ReceiverStopOptions): Promise<ReceiverStopReport> {
    this.#state = 'Stopping';
    this.#launcher.halt();
    this.#readiness.callOff();
    const report = await stopReceivers({ ...this.#deps, entries: this.#entries.values() }, options);
    // Deregistrations that came before the answers precede this task in the queue.
    return this.#queue.run(() => {
      this.#state = 'Stopped';
      this.#reports.closeAll(report);
      return report;
    });
  }

  /**
   * A replayable source continues after its registered blocks. From here on blocks of earlier attempts are refused, and
   * the position is sent after additions in progress are answered: no record therefore comes from two attempts.
   */
  async #registerWithPosition(request: RegisterReceiver): Promise<RegisterReceiverReply> {
    const { blockTracker } = this.#deps;
    const reply = await this.#queue.run(() => this.#reports.register(request));
    if (!reply.accepted) return reply;
    const { anEntry: logEntry } = blockTracker;
    const accepted = logEntry === undefined ? reply : { ...reply, logEntry };
    if (!entryOfStream(this.#entries, request.streamId).isReplayable) return accepted;
    const resumeFrom = await blockTracker.lastPosition(request.streamId);
    return resumeFrom === undefined ? accepted : { ...accepted, resumeFrom };
  }

  async #addBlock(request: AddBlock): Promise<AddBlockReply> {
    const { attemptId, block, leftOut, content } = request;
    const { streamId, blockId } = block;
    const entry = entryOfStream(this.#entries, streamId);
    if (this.#state === 'Stopped') return { accepted: false, reason: 'the driver has stopped receiving' };
    if (!entry.isCurrent(attemptId)) {
      this.#deps.log.debug('block of an earlier attempt', { streamId, blockId });
      if (entry.isReplayable) return { accepted: false, reason: 'a later attempt reads the records again' };
    }
    const admission = await this.#deps.blockTracker.addBlock(block, content);
    if (admission === 'refused')
      return { accepted: false, reason: 'the block could not be recorded, add the block again later' };
    if (admission === 'new') entry.countBlock(block.recordCount);
    if (admission === 'new' && leftOut !== undefined)
      this.#post(() => this.#reports.leftOut(streamId, leftOut));
    return this.#deps.blockTracker.isCrowded(streamId)
      ? { accepted: true, isCrowded: true }
      : { accepted: true };
  }

  #replaced(error: unknown): void {
    if (this.#isReplaced) return;
    this.#isReplaced = true;
    this.#launcher.halt();
    this.#deps.log.error('another driver has taken over', { epoch: this.#deps.epoch, error });
    this.#deps.onReplaced?.(error);
  }

  /** Adds work to the queue that no caller waits for. The work must not fail; a failure is logged. */
  #post(task: () => void): void {
    this.#queue.run(task).catch((error: unknown) => {
      const fatal = engineStopper(error);
      if (fatal === undefined) this.#deps.log.error('receiver tracker failed', { error });
      else this.#deps.onFatal?.(fatal);
    });
  }
}

async function nothingKept({ operator }: FetchSnapshot): Promise<never> {
  throw new TypeError(`an executor asked for kept state of ${operator}, but this driver keeps none`);
}
