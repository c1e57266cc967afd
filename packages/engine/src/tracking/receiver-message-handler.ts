// The reports of receivers and their effects: receivers register, report errors and deregister. Messages may arrive
// twice or late, and the attempt id decides: only the present attempt changes the state of a receiver. When a receiver
// has to run again, the launcher is called.
import type { Clock, ExecutorBackend, ExecutorDescription, Logger, StreamId } from '@millrace/core';
import {
  deserializeError,
  engineStopper,
  serializeError,
  type DeregisterReceiver,
  type LeftOutRecords,
  type RegisterReceiver,
  type RegisterReceiverReply,
  type ReportError,
  type ReportStarted,
} from '@millrace/core/engine';
import type { PublishEvent } from '../listening/publish-event.ts';
import type { ExecutorBroadcaster } from './executor-broadcaster.ts';
import { entryOfStream, type ReceiverEntry } from './receiver-entry.ts';
import type { ReceiverFailures } from './receiver-failures.ts';
import type { ReceiverLauncher } from './receiver-launcher.ts';
import type { ReceiverStopReport } from './receiver-stop.ts';

/** The collaborators of the handler. */
export interface ReceiverMessageHandlerDeps {
  readonly entries: ReadonlyMap<StreamId, ReceiverEntry>;
  readonly launcher: ReceiverLauncher;
  readonly receiverFailures: ReceiverFailures;
  readonly notices: ExecutorBroadcaster;
  readonly backend: ExecutorBackend;
  readonly clock: Clock;
  readonly publish: PublishEvent;
  readonly log: Logger;
  /** True when receivers may run now: the tracker has started and is not stopping. */
  readonly runsReceivers: () => boolean;
  /** Called when a receiver ended for a reason that a restart cannot repair (disposition `stop-engine`). */
  readonly onFatal: (error: unknown) => void;
}

/** Handles the reports of receivers. All methods are called from within the tracker's queue. */
export class ReceiverMessageHandler {
  readonly #deps: ReceiverMessageHandlerDeps;
  readonly #ended = Promise.withResolvers<void>();
  readonly #allStarted = Promise.withResolvers<void>();

  constructor(deps: ReceiverMessageHandlerDeps) {
    this.#deps = deps;
    this.#checkStarted();
    this.#checkEnded();
  }

  /** Resolves when at one moment every receiver has started or is final; at once when there are none. */
  get receiversStarted(): Promise<void> {
    return this.#allStarted.promise;
  }

  /** Resolves when every receiver is final; at once when there are none. */
  get sourcesEnded(): Promise<void> {
    return this.#ended.promise;
  }

  /**
   * Accepts or refuses a registration. A repeated message gets the same answer. @throws `MR_TRACKING_UNKNOWN_STREAM`.
   */
  register(request: RegisterReceiver): RegisterReceiverReply {
    const { streamId, attemptId, executorId } = request;
    const { entries, backend, launcher, notices, log, publish } = this.#deps;
    const entry = entryOfStream(entries, streamId);
    const executor = backend.executors().find((live) => live.executorId === executorId);
    const reason = this.#refusal(entry, request, executor);
    if (reason !== undefined || executor === undefined) {
      log.info('registration refused', { streamId, attemptId, executorId, reason });
      return { accepted: false, reason: reason ?? 'refused' };
    }
    if (entry.state === 'ACTIVE') return { accepted: true };
    entry.activate(executor, request.run);
    launcher.cancelTimer(entry);
    log.debug('receiver starting', { streamId, attemptId, executorId });
    publish('receiver:starting', { receiver: entry.info() });
    notices.repeatCondition(executorId);
    if (entry.hasStaleRateLimit && entry.rateLimit !== undefined) {
      notices.rateLimit(streamId, entry.rateLimit);
    }
    return { accepted: true };
  }

  /** The receiver listens, is connected, or has its source open. @throws `MR_TRACKING_UNKNOWN_STREAM`. */
  reportStarted({ streamId, attemptId, run }: ReportStarted): void {
    const { entries, clock, log, publish } = this.#deps;
    const entry = entryOfStream(entries, streamId);
    if (!entry.isCurrent(attemptId) || !entry.confirmStart(run, clock.monotonicMs())) return;
    const { name: receiver, executorId } = entry;
    log.info('receiver started', { streamId, receiver, attemptId, executorId });
    this.#checkStarted();
    publish('receiver:started', { receiver: entry.info() });
  }

  /** Records an error of the latest attempt. @throws `MR_TRACKING_UNKNOWN_STREAM`. */
  reportError({ streamId, attemptId, message, error }: ReportError): void {
    const { entries, log, publish } = this.#deps;
    const entry = entryOfStream(entries, streamId);
    log.warn('receiver reported an error', { streamId, attemptId, message, error });
    if (!entry.isLatest(attemptId)) return;
    entry.recordError(message, error, this.#now());
    publish('receiver:error', { receiver: entry.info() });
  }

  /** Records of a block that was registered now are not in it. @throws `MR_TRACKING_UNKNOWN_STREAM`. */
  leftOut(streamId: StreamId, leftOut: LeftOutRecords): void {
    const entry = entryOfStream(this.#deps.entries, streamId);
    const error = entry.leftOut.add(leftOut, this.#deps);
    if (error === undefined) return;
    entry.recordError(error.message, serializeError(error), this.#now());
    this.#deps.publish('receiver:error', { receiver: entry.info() });
  }

  /** The receiver has ended: for good, for a moment, or as a failure. @throws `MR_TRACKING_UNKNOWN_STREAM`. */
  deregister(request: DeregisterReceiver): void {
    const { streamId, attemptId, run, reason, message, error, recordsLeft } = request;
    const { entries, launcher, log, runsReceivers } = this.#deps;
    const entry = entryOfStream(entries, streamId);
    // A restart and a failure get a line of their own, with the error.
    const isReported = reason === 'restarting' || reason === 'failed';
    log[isReported ? 'debug' : 'info']('receiver deregistered', {
      streamId,
      attemptId,
      reason,
      message,
      recordsLeft,
    });
    if (recordsLeft > 0)
      log.warn('receiver stopped with unstored records', { streamId, attemptId, recordsLeft });
    if (!entry.isCurrent(attemptId)) return;
    // A repetition, or a late message: one restart counts once, and a later run goes on.
    if (reason === 'restarting' && !entry.isActiveRun(run)) return;
    entry.recordsLeft = recordsLeft;
    const fatal = fatalOf(request);
    if (!runsReceivers() || reason === 'final') {
      if (fatal !== undefined) this.#deps.onFatal(fatal);
      if (error !== undefined) entry.recordError(message, error, this.#now());
      this.#end(entry, { isFinal: reason === 'final' });
    } else if (reason === 'restarting') this.#keepPlace(entry, request, fatal);
    // The tracker did not request this stop, so any other reason counts as a failure and the receiver is rescheduled.
    else launcher.failed(entry, message, error, fatal);
  }

  /** Marks all receivers as ended: after the stop, none runs from the tracker's view. */
  closeAll(report: ReceiverStopReport): void {
    for (const entry of this.#deps.entries.values()) {
      if (report.receivers.some((one) => one.streamId === entry.streamId && !one.hasAnswered)) {
        entry.recordError('the receiver did not answer the request to stop', undefined, this.#now());
      }
      entry.isClosed = true;
      this.#end(entry, { isFinal: false });
    }
  }

  /** The reason to refuse a registration; undefined to accept. */
  #refusal(
    entry: ReceiverEntry,
    request: RegisterReceiver,
    executor: ExecutorDescription | undefined,
  ): string | undefined {
    if (!this.#deps.runsReceivers()) return 'the driver does not run receivers now';
    if (entry.isFinal) return 'the receiver has ended for good';
    if (entry.hasFailed) return 'the receiver has failed for good';
    if (!entry.isCurrent(request.attemptId)) return 'the attempt has been replaced or has ended';
    if (executor === undefined) return 'the executor is not alive';
    if (entry.state === 'ACTIVE') {
      return entry.executorId === request.executorId ? undefined : 'the receiver runs on another executor';
    }
    if (entry.hasRegistered(request.run)) return 'this run of the attempt has ended';
    return entry.mayRegisterFrom(request) ? undefined : 'the executor is not among the scheduled locations';
  }

  #keepPlace(entry: ReceiverEntry, request: DeregisterReceiver, fatal: Error | undefined): void {
    const { launcher, receiverFailures, publish } = this.#deps;
    const { attemptId, message, error, delayMs } = request;
    entry.recordError(message, error, this.#now());
    launcher.awaitReturn(entry, attemptId);
    publish('receiver:stopped', { receiver: entry.info() });
    const returns = receiverFailures.report(entry, { message, error, delayMs, fatal });
    if (!returns) launcher.cancelTimer(entry);
  }

  #end(entry: ReceiverEntry, options: { readonly isFinal: boolean }): void {
    const wasActive = entry.state === 'ACTIVE';
    this.#deps.launcher.cancelTimer(entry);
    entry.end(options);
    if (wasActive) this.#deps.publish('receiver:stopped', { receiver: entry.info() });
    this.#checkStarted();
    this.#checkEnded();
  }

  #checkStarted(): void {
    const hasStarted = (entry: ReceiverEntry): boolean => entry.hasStarted || entry.isFinal;
    if ([...this.#deps.entries.values()].every(hasStarted)) this.#allStarted.resolve();
  }

  #checkEnded(): void {
    if ([...this.#deps.entries.values()].every((entry) => entry.isFinal)) this.#ended.resolve();
  }

  #now(): number {
    return this.#deps.clock.now();
  }
}

/** A receiver that requests its own end, or was asked to end, is no reason to stop the others. */
function fatalOf({ reason, error }: DeregisterReceiver): Error | undefined {
  if (error === undefined || reason === 'final' || reason === 'stopped') return undefined;
  return engineStopper(deserializeError(error));
}
