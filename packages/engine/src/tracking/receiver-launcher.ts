// The place and time of receiver starts (REC-3, SCH-1). The policy names candidates; the launcher asks the first live
// candidate, under a fresh attempt, and continues with the next when an executor cannot be reached. A start counts once
// the receiver has registered. Any other outcome is a failure, and the receiver returns to the policy after a delay.
//
//   launch ──► policy ──► no candidate alive: wait for an executor
//                    └──► StartReceiver ──► registered in time: the receiver runs
//                                     └───► unreachable: next candidate │ refused, late, lost: delay, then launch
import {
  type Clock,
  type Epoch,
  type ExecutorBackend,
  type ExecutorDescription,
  type ExecutorId,
  isMillraceError,
  type Logger,
  type RandomSource,
  type ReceiverAttemptId,
  type SchedulingPolicy,
  type SerializedError,
  type StreamId,
  type TaskLocation,
} from '@millrace/core';
import { serializeError } from '@millrace/core/engine';
import type { PublishEvent } from '../listening/publish-event.ts';
import { AttemptIds } from './attempt-ids.ts';
import type { ReceivedBlockTracker } from './received-block-tracker.ts';
import type { ReceiverEntry } from './receiver-entry.ts';
import type { ReceiverFailures } from './receiver-failures.ts';
import { restartDelayMs } from './restart-delay.ts';
import { trackingError } from './tracking-errors.ts';
import type { ReceiverTrackerOptions } from './tracking-options.ts';

/** The collaborators of a launcher. */
export interface ReceiverLauncherDeps {
  readonly entries: ReadonlyMap<StreamId, ReceiverEntry>;
  /** Takes the blocks of the attempts that begin here. */
  readonly blockTracker: Pick<ReceivedBlockTracker, 'beginAttempt'>;
  readonly backend: ExecutorBackend;
  readonly policy: SchedulingPolicy;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly epoch: Epoch;
  readonly log: Logger;
  readonly options: ReceiverTrackerOptions;
  readonly publish: PublishEvent;
  readonly receiverFailures: ReceiverFailures;
  /** Adds work to the tracker's queue: answers and timers are messages like any other. */
  readonly post: (task: () => void) => void;
  /** Called when an executor reports that a newer driver has taken over: no receiver is started any more. */
  readonly onReplaced: (error: unknown) => void;
}

/** Starts and restarts receivers. All methods are called from within the tracker's queue. */
export class ReceiverLauncher {
  readonly #deps: ReceiverLauncherDeps;
  readonly #attemptIds: AttemptIds;
  #isHalted = false;

  constructor(deps: ReceiverLauncherDeps) {
    this.#deps = deps;
    this.#attemptIds = new AttemptIds(deps.epoch, deps.random);
  }

  /**
   * Places all receivers at once. A receiver without a live executor in the policy's answer is placed singly
   * afterwards.
   */
  launchAll(): void {
    const { entries, policy, backend } = this.#deps;
    const receivers = [...entries.values()];
    const executors = backend.executors();
    const placed = this.#askPolicy(() =>
      policy.scheduleReceivers(
        receivers.map((entry) => entry.description),
        executors,
      ),
    );
    const find = finderOf(executors);
    const homes: { readonly entry: ReceiverEntry; readonly candidates: readonly ExecutorDescription[] }[] =
      [];
    const homeless: ReceiverEntry[] = [];
    for (const entry of receivers) {
      const locations = placed.get(entry.streamId) ?? [];
      const candidates = find(locations);
      if (candidates.length === 0) {
        homeless.push(entry);
        continue;
      }
      entry.schedule(locations);
      homes.push({ entry, candidates });
    }
    for (const { entry, candidates } of homes) this.#startOn(entry, candidates);
    for (const entry of homeless) this.launch(entry);
  }

  /** Places one receiver while the others stay. Without a live candidate the receiver waits for the next executor. */
  launch(entry: ReceiverEntry): void {
    if (this.#isHalted || entry.isFinal || entry.hasFailed) return;
    const { entries, policy, backend, log } = this.#deps;
    const executors = backend.executors();
    const placements = [...entries.values()].map((other) => other.placement());
    let locations: readonly TaskLocation[];
    try {
      locations = this.#askPolicy(() => policy.rescheduleReceiver(entry.description, placements, executors));
    } catch (error) {
      this.failed(entry, 'the scheduling policy failed', serializeError(error));
      return;
    }
    const candidates = finderOf(executors)(locations);
    if (candidates.length === 0) {
      entry.isWaitingForExecutor = true;
      log.warn('receiver waits for an executor', { streamId: entry.streamId });
      return;
    }
    entry.schedule(locations);
    this.#startOn(entry, candidates);
  }

  /** Places the receivers that wait for an executor. */
  launchWaiting(): void {
    for (const entry of this.#deps.entries.values()) if (entry.isWaitingForExecutor) this.launch(entry);
  }

  /**
   * Ends an attempt as a failure: the receiver is started again after its delay, unless the failure is one too many.
   *
   * @param fatal An error of disposition `stop-engine`.
   */
  failed(entry: ReceiverEntry, message: string, error?: SerializedError, fatal?: Error): void {
    const { options, random, receiverFailures } = this.#deps;
    this.#forgetIfHealthy(entry);
    entry.failures += 1;
    entry.countRestart();
    this.#endAttempt(entry, message, error);
    const delayMs = restartDelayMs(entry.failures, options, random);
    if (!receiverFailures.report(entry, { message, error, delayMs, fatal })) return;
    this.#after(entry, delayMs, () => this.launch(entry));
  }

  /**
   * Ends the attempts on this executor, which need not be the receivers' fault: healthy receivers are placed again at
   * once, the others after their delay.
   */
  executorLost(executorId: ExecutorId, reason: string): void {
    const lost = [...this.#deps.entries.values()].filter((entry) => entry.executorId === executorId);
    const message = `executor ${executorId} was lost: ${reason}`;
    const error = serializeError(
      trackingError('MR_TRACKING_EXECUTOR_LOST', message, { details: { executorId } }),
    );
    const healthy = lost.filter((entry) => this.#isHealthy(entry));
    for (const entry of healthy) {
      this.#forgetIfHealthy(entry);
      this.#endAttempt(entry, message, error);
    }
    for (const entry of lost) if (!healthy.includes(entry)) this.failed(entry, message, error);
    for (const entry of healthy) this.launch(entry);
  }

  /**
   * Counts a failure of a run, and waits for the receiver, which its supervisor restarts; the attempt fails if the
   * receiver never registers again.
   */
  awaitReturn(entry: ReceiverEntry, attemptId: ReceiverAttemptId): void {
    this.#forgetIfHealthy(entry);
    entry.countRestart();
    entry.keepPlace();
    this.#expectRegistration(entry, attemptId, this.#deps.options.restartTimeoutMs);
  }

  /** Cancels the timer of a receiver that has registered or ended. */
  cancelTimer(entry: ReceiverEntry): void {
    entry.timer?.cancel();
    entry.timer = undefined;
  }

  /** Starts no receivers any more. */
  halt(): void {
    this.#isHalted = true;
    for (const entry of this.#deps.entries.values()) {
      this.cancelTimer(entry);
      entry.isWaitingForExecutor = false;
    }
  }

  #startOn(entry: ReceiverEntry, candidates: readonly ExecutorDescription[]): void {
    const { options } = this.#deps;
    const [executor, ...others] = candidates;
    if (executor === undefined) return this.failed(entry, 'no candidate could be reached');
    const attemptId = this.#attemptIds.next();
    this.#deps.blockTracker.beginAttempt(entry.streamId, attemptId);
    entry.begin(attemptId, executor);
    this.#expectRegistration(entry, attemptId, options.registrationTimeoutMs);
    void this.#askToStart(entry, attemptId, executor).catch((error: unknown) =>
      this.#deps.post(() => this.#notStarted(entry, attemptId, others, error)),
    );
  }

  async #askToStart(
    entry: ReceiverEntry,
    attemptId: ReceiverAttemptId,
    { executorId }: ExecutorDescription,
  ): Promise<void> {
    const { backend, epoch, log } = this.#deps;
    const { streamId, rateLimit } = entry;
    log.debug('starting receiver', { streamId, attemptId, executorId });
    const { recordsPerSecond, bytesPerSecond } = rateLimit ?? {};
    const limit = {
      ...(recordsPerSecond === undefined ? {} : { rateLimit: recordsPerSecond }),
      ...(bytesPerSecond === undefined ? {} : { byteRateLimit: bytesPerSecond }),
    };
    await backend.ask(executorId, 'StartReceiver', { epoch, streamId, attemptId, ...limit });
  }

  /** The answer to a start was a refusal, or never came. A registration that arrived all the same stands. */
  #notStarted(
    entry: ReceiverEntry,
    attemptId: ReceiverAttemptId,
    others: readonly ExecutorDescription[],
    error: unknown,
  ): void {
    if (this.#isHalted || !entry.isCurrent(attemptId) || entry.state === 'ACTIVE') return;
    if (isMillraceError(error, 'MR_EXECUTOR_STALE_EPOCH')) return this.#deps.onReplaced(error);
    if (isMillraceError(error, 'MR_EXECUTOR_UNREACHABLE') && others.length > 0) this.#startOn(entry, others);
    else this.failed(entry, `executor ${entry.executorId} did not start the receiver`, serializeError(error));
  }

  #expectRegistration(entry: ReceiverEntry, attemptId: ReceiverAttemptId, withinMs: number): void {
    this.#after(entry, withinMs, () => {
      if (!entry.isCurrent(attemptId) || entry.state === 'ACTIVE') return;
      const message = `expected the receiver to register within ${withinMs} ms, but it did not`;
      const error = trackingError('MR_TRACKING_NOT_REGISTERED', message, {
        details: { attemptId, withinMs },
      });
      this.failed(entry, message, serializeError(error));
    });
  }

  /** Replaces the receiver's timer. */
  #after(entry: ReceiverEntry, delayMs: number, task: () => void): void {
    const { clock, post } = this.#deps;
    entry.timer?.cancel();
    const timer = clock.after(delayMs, () =>
      post(() => {
        // Between the timer and this turn the receiver may have got another timer, or none.
        if (entry.timer === timer) task();
      }),
    );
    entry.timer = timer;
  }

  #endAttempt(entry: ReceiverEntry, message: string, error: SerializedError | undefined): void {
    const { clock, publish } = this.#deps;
    const wasActive = entry.state === 'ACTIVE';
    this.cancelTimer(entry);
    entry.end();
    entry.recordError(message, error, clock.now());
    publish(wasActive ? 'receiver:stopped' : 'receiver:error', { receiver: entry.info() });
  }

  #forgetIfHealthy(entry: ReceiverEntry): void {
    if (this.#isHealthy(entry)) entry.failures = 0;
    this.#deps.receiverFailures.forgetIfHealthy(entry);
  }

  #isHealthy(entry: ReceiverEntry): boolean {
    return entry.hasRunFor(this.#deps.options.healthyAfterMs, this.#deps.clock.monotonicMs());
  }

  #askPolicy<T>(ask: () => T): T {
    try {
      return ask();
    } catch (cause) {
      const message = `the scheduling policy ${this.#deps.policy.name} threw instead of placing receivers`;
      throw trackingError('MR_TRACKING_POLICY_FAILED', message, { cause });
    }
  }
}

/** Finds the live executors of the locations, in the order of the locations, each once. */
function finderOf(
  executors: readonly ExecutorDescription[],
): (locations: readonly TaskLocation[]) => ExecutorDescription[] {
  const byHost = Map.groupBy(executors, (executor) => executor.host);
  const byId = Map.groupBy(executors, (executor) => executor.executorId);
  return (locations) => {
    const meant = locations.flatMap(({ host, executorId }) =>
      executorId === undefined ? (byHost.get(host) ?? []) : (byId.get(executorId) ?? []),
    );
    return [...new Set(meant)];
  };
}
