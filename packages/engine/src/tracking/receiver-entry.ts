// The tracker's record of one receiver: its state, its attempt, its executor, its last error. The entry changes only by
// the operations named here; the tracker and the launcher decide when.
//
//            begin                activate
//   INACTIVE ─────► SCHEDULED ─────────────► ACTIVE ──► confirmStart
//      ▲                │  ▲                   │
//      │      end       │  └── keepPlace ──────┤  the supervisor restarts it on the spot
//      └────────────────┴──────────────────────┘
import type {
  ExecutorDescription,
  ExecutorId,
  ReceiverAttemptId,
  ReceiverDescription,
  ReceiverInfo,
  ReceiverPlacement,
  SerializedError,
  StreamId,
  TaskLocation,
  Timer,
} from '@millrace/core';
import type { RateLimit, ReceiverState } from '@millrace/core/engine';
import { LeftOutTotal } from '../receiving/left-out-total.ts';
import { trackingError } from './tracking-errors.ts';

/** A receiver of the program, as the context describes it. */
export interface ReceiverStream {
  readonly streamId: StreamId;
  /** Shown to people in events and logs. */
  readonly name: string;
  readonly preferredHost?: string;
  /** True when the source is read again after the last registered block at every start. Default false. */
  readonly isReplayable?: boolean;
}

/** One start of the receiver on one executor. The attempt ends when the receiver is gone from there for good. */
interface Attempt {
  readonly attemptId: ReceiverAttemptId;
  readonly executor: ExecutorDescription;
  /** The limit that the executor got with the start. */
  readonly rateLimit: RateLimit | undefined;
}

/** The state of a receiver for people, see `ReceiverInfo`. */
type ReceiverPhase = ReceiverInfo['state'];

/** The last error. */
interface LastError {
  readonly message: string;
  readonly error?: SerializedError;
  readonly timeMs: number;
}

/** One receiver in the tracker's books. */
export class ReceiverEntry {
  readonly description: ReceiverDescription;
  readonly name: string;
  readonly isReplayable: boolean;
  /** The one timer of a receiver: for its registration, or for its next start. */
  timer: Timer | undefined;
  /** True while no executor can run the receiver: the next executor that arrives gets it. */
  isWaitingForExecutor = false;
  /** Failures of attempts in a row, since the receiver was healthy. */
  failures = 0;
  /** Failures of runs in a row, failed attempts included, since the receiver was healthy. */
  restartsInARow = 0;
  /** Failures of runs since this driver began, failed attempts included. */
  restarts = 0;
  /** True once the receiver has failed too often, or with an error that stops the engine: no start follows. */
  hasFailed = false;
  /** True once the tracker has stopped. */
  isClosed = false;
  /** The limit per second; undefined for no limit. Replaced as a whole when it changes. */
  rateLimit: RateLimit | undefined;
  /** The records left behind, as reported at deregistration; undefined while the receiver runs, or without a report. */
  recordsLeft: number | undefined;
  /** Registered since this driver began. */
  readonly registered = { blocks: 0, records: 0 };
  /** Records that were left out since this driver began. */
  readonly leftOut: LeftOutTotal;
  #state: ReceiverState = 'INACTIVE';
  #attempt: Attempt | undefined;
  #lastAttemptId: ReceiverAttemptId | undefined;
  #scheduledLocations: readonly TaskLocation[] = [];
  /** The last registered run of the present attempt. */
  #run = 0;
  #startedMs: number | undefined;
  #isFinal = false;
  #lastError: LastError | undefined;

  constructor(stream: ReceiverStream) {
    const { streamId, preferredHost } = stream;
    this.description = preferredHost === undefined ? { streamId } : { streamId, preferredHost };
    this.name = stream.name;
    this.leftOut = new LeftOutTotal(streamId, stream.name);
    this.isReplayable = stream.isReplayable ?? false;
  }

  get streamId(): StreamId {
    return this.description.streamId;
  }

  get state(): ReceiverState {
    return this.#state;
  }

  /** The executor that was asked to run the receiver, until the attempt has ended. */
  get executorId(): ExecutorId | undefined {
    return this.#attempt?.executor.executorId;
  }

  get isFinal(): boolean {
    return this.#isFinal;
  }

  /** True while the receiver runs and its `start` has resolved. */
  get hasStarted(): boolean {
    return this.#startedMs !== undefined;
  }

  /** The state for people. */
  get phase(): ReceiverPhase {
    if (this.hasFailed) return 'failed';
    if (this.#isFinal || this.isClosed) return 'stopped';
    if (this.hasStarted) return 'active';
    if (this.#state === 'ACTIVE') return 'starting';
    return this.restartsInARow > 0 ? 'restarting' : 'starting';
  }

  /** True for a run of the present attempt that has registered, the last one or an earlier one. */
  hasRegistered(run: number): boolean {
    return run <= this.#run;
  }

  /** True for the last registered run of the present attempt, until the run has ended. */
  isActiveRun(run: number): boolean {
    return this.#state === 'ACTIVE' && run === this.#run;
  }

  /** True for the present attempt. */
  isCurrent(attemptId: ReceiverAttemptId): boolean {
    return this.#attempt?.attemptId === attemptId;
  }

  /** True for the present attempt or, without one, for the last attempt. */
  isLatest(attemptId: ReceiverAttemptId): boolean {
    return this.#lastAttemptId === attemptId;
  }

  /** True when the limit was changed after the start that carried a limit to the executor. */
  get hasStaleRateLimit(): boolean {
    return this.#attempt !== undefined && this.#attempt.rateLimit !== this.rateLimit;
  }

  /** True when the executor is one of the candidates: by name, or on a host that was named alone. */
  mayRegisterFrom(executor: { readonly executorId: ExecutorId; readonly host: string }): boolean {
    return this.#scheduledLocations.some((location) =>
      location.executorId === undefined
        ? location.host === executor.host
        : location.executorId === executor.executorId,
    );
  }

  /** Notes the candidates before an executor is asked, because other decisions count candidates. */
  schedule(locations: readonly TaskLocation[]): void {
    this.#state = 'SCHEDULED';
    this.#scheduledLocations = locations;
    this.isWaitingForExecutor = false;
  }

  /** Begins a new attempt, on one of the candidates, and ends the one before, if any. */
  begin(attemptId: ReceiverAttemptId, executor: ExecutorDescription): void {
    this.#attempt = { attemptId, executor, rateLimit: this.rateLimit };
    this.recordsLeft = undefined;
    this.#run = 0;
    this.#lastAttemptId = attemptId;
  }

  /** The receiver has registered, and its `start` is called. */
  activate(executor: ExecutorDescription, run: number): void {
    if (this.#attempt !== undefined) this.#attempt = { ...this.#attempt, executor };
    this.#state = 'ACTIVE';
    this.#scheduledLocations = [];
    this.#run = run;
    this.recordsLeft = undefined;
  }

  /** The `start` of the registered run has resolved. Returns false for another run and for a repetition. */
  confirmStart(run: number, nowMs: number): boolean {
    if (!this.isActiveRun(run) || this.hasStarted) return false;
    this.#startedMs = nowMs;
    return true;
  }

  /** Counts a block that was registered for the first time. */
  countBlock(records: number): void {
    this.registered.blocks += 1;
    this.registered.records += records;
  }

  /** Counts a failure of a run. */
  countRestart(): void {
    this.restarts += 1;
    this.restartsInARow += 1;
  }

  /** Keeps the place of a receiver whose supervisor stopped it and will register it again, under the same attempt. */
  keepPlace(): void {
    if (this.#attempt === undefined) return;
    const { executorId, host } = this.#attempt.executor;
    this.#state = 'SCHEDULED';
    this.#scheduledLocations = [{ executorId, host }];
    this.#startedMs = undefined;
  }

  /** Ends the attempt. A final receiver is not started again. */
  end(options: { readonly isFinal: boolean } = { isFinal: false }): void {
    this.#state = 'INACTIVE';
    this.#attempt = undefined;
    this.#scheduledLocations = [];
    this.#startedMs = undefined;
    this.#isFinal ||= options.isFinal;
  }

  /** True when the receiver has run for at least that long since its `start` resolved. */
  hasRunFor(durationMs: number, nowMs: number): boolean {
    return this.#startedMs !== undefined && nowMs - this.#startedMs >= durationMs;
  }

  /** Records an error and its time. */
  recordError(message: string, error: SerializedError | undefined, nowMs: number): void {
    this.#lastError = error === undefined ? { message, timeMs: nowMs } : { message, error, timeMs: nowMs };
  }

  /** The scheduling policy's view. */
  placement(): ReceiverPlacement {
    const place = {
      streamId: this.streamId,
      state: this.#state,
      scheduledLocations: this.#scheduledLocations,
    };
    return this.#state === 'ACTIVE' && this.#attempt !== undefined
      ? { ...place, runningExecutor: this.#attempt.executor }
      : place;
  }

  /** The listeners' view: a snapshot. */
  info(): ReceiverInfo {
    const executor = this.#state === 'ACTIVE' ? this.#attempt?.executor : undefined;
    const last = this.#lastError;
    return {
      streamId: this.streamId,
      name: this.name,
      state: this.phase,
      restarts: this.restarts,
      isActive: this.#state === 'ACTIVE',
      isFinal: this.#isFinal,
      ...(executor === undefined ? {} : { host: executor.host, executorId: executor.executorId }),
      ...(last === undefined ? {} : { lastErrorMessage: last.message, lastErrorMs: last.timeMs }),
      ...(last?.error === undefined ? {} : { lastError: last.error }),
      ...(this.leftOut.count === 0 ? {} : { leftOutRecords: this.leftOut.count }),
    };
  }
}

/** The entry of a stream. @throws `MR_TRACKING_UNKNOWN_STREAM` when there is none. */
export function entryOfStream(
  entries: ReadonlyMap<StreamId, ReceiverEntry>,
  streamId: StreamId,
): ReceiverEntry {
  const entry = entries.get(streamId);
  if (entry !== undefined) return entry;
  const message = `expected one of the streams ${[...entries.keys()].join(', ')}, got ${streamId}`;
  throw trackingError('MR_TRACKING_UNKNOWN_STREAM', message, { details: { streamId } });
}
