// Events of a running engine. Times are wall milliseconds of the engine's clock; durations are milliseconds. Every
// value is a frozen snapshot: a listener may hold the value and cannot change the value for other listeners.
import type { BatchTime, Epoch, ExecutorId, StreamId } from './identifiers.ts';
import type { LeftOutRecords } from './left-out-records.ts';
import { portToken } from './port-token.ts';
import type { SerializedError } from './serialized-error.ts';

/** The input of one stream in a batch. */
export interface StreamInputInfo {
  readonly streamId: StreamId;
  readonly streamName: string;
  readonly recordCount: number;
  readonly sizeBytes: number;
  readonly blockCount: number;
  /**
   * The stream's own data about its input; `Description` is meant for people. Of a receiver's stream: `blocks`, the
   * metadata of the blocks that have metadata, at most 100, in the order of the blocks; absent without any.
   */
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** One output operation of one batch. */
export interface OutputOperationInfo {
  readonly batchTime: BatchTime;
  /**
   * The number of the operation in the program, the same in every batch, even if other operations had nothing to do.
   */
  readonly id: number;
  readonly name: string;
  readonly startMs?: number;
  readonly endMs?: number;
  /** 1 for a first run that succeeded. */
  readonly attempts: number;
  readonly failure?: SerializedError;
}

/** The phases of a batch, in milliseconds. */
export interface BatchPhases {
  /**
   * From the due time of the batch to the start of its generation: the lag of the driver. Monotonic; a missed batch is
   * due from the moment at which the miss was noticed.
   */
  readonly generatorLagMs: number;
  /** Allocating blocks. */
  readonly allocateMs: number;
  /** Building the jobs from the graph. */
  readonly generateMs: number;
  /** Waiting for earlier batches. */
  readonly queueMs: number;
  /** Running the jobs. */
  readonly processMs: number;
}

/** The state of a batch. */
export interface BatchInfo {
  readonly batchTime: BatchTime;
  readonly inputs: ReadonlyMap<StreamId, StreamInputInfo>;
  readonly recordCount: number;
  readonly submissionMs: number;
  readonly processingStartMs?: number;
  readonly processingEndMs?: number;
  /** processing start − submission. */
  readonly schedulingDelayMs?: number;
  /** processing end − processing start. */
  readonly processingDelayMs?: number;
  /** The sum of all phases: the full wait of a record after its batch was due, generator lag included. */
  readonly totalDelayMs?: number;
  readonly phases: BatchPhases;
  readonly outputOperations: readonly OutputOperationInfo[];
  /** True when this is a re-run after recovery. */
  readonly isRerun: boolean;
  /**
   * The number of records that were left out because a function failed for them, and of dead letters about event times
   * that are too far ahead; absent: none. Known at the end.
   */
  readonly recordErrors?: number;
  /** The number of dead letters written for the batch; absent: none. Known at the end. */
  readonly deadLetters?: number;
  /** The outcome of the batch; `skipped` only with `onBatchFailure: 'skip'`. */
  readonly outcome?: 'succeeded' | 'failed' | 'skipped';
}

/** The state of a receiver in the tracker. */
export interface ReceiverInfo {
  readonly streamId: StreamId;
  readonly name: string;
  /**
   * `starting`: the receiver waits for an executor, or its `start` has not resolved. `active`: `start` has resolved.
   * `restarting`: the receiver failed and waits for its next start. `failed`: the receiver failed too often
   * (`receiving.maxRestarts`) or with an error that stops the engine, and the engine stops. `stopped`: the receiver has
   * ended for good.
   */
  readonly state: 'starting' | 'active' | 'restarting' | 'failed' | 'stopped';
  /**
   * The number of failures since the driver started. The receiver is started again after each one, unless its state is
   * `failed`.
   */
  readonly restarts: number;
  /** True from the registration of a run to its end: also while `start` is pending. */
  readonly isActive: boolean;
  readonly host?: string;
  readonly executorId?: ExecutorId;
  /** True once the receiver will not be started again. */
  readonly isFinal: boolean;
  readonly lastErrorMessage?: string;
  readonly lastError?: SerializedError;
  readonly lastErrorMs?: number;
  /** The number of records left out since the driver started, see `records:left-out`; absent: none. */
  readonly leftOutRecords?: number;
}

/** A failure of a receiver that is started again. */
export interface ReceiverRestartInfo {
  /** The restarts in a row, this one included; a receiver that was healthy begins again at 1. */
  readonly restartsInARow: number;
  /** The time from the failure to the next start, in milliseconds; 0 when the delay is unknown. */
  readonly delayMs: number;
  readonly message: string;
  /** The receiver's own error; absent: the receiver gave none. */
  readonly error?: SerializedError;
}

/** The new rate limits of a receiver. */
export interface ReceiverRateInfo {
  readonly streamId: StreamId;
  readonly recordsPerSecond: number;
  /** Absent: no batch of the stream has been measured; the options of receiving apply. */
  readonly bytesPerSecond?: number;
  /**
   * The reason for the change: set at the start, estimated from a completed batch, or lowered because a batch runs
   * longer than its interval.
   */
  readonly cause: 'initial' | 'estimate' | 'overdue-batch';
  /** The batch of the measurement. */
  readonly batchTime?: BatchTime;
}

/** Records that no window of event time takes: too late for all their windows, or too far ahead of their batch. */
export interface LateRecordsInfo {
  readonly batchTime: BatchTime;
  /**
   * For `records:late` the stream of windows: its uid, or else position and kind, for instance `visits` or
   * `7-eventWindows`. For `records:ahead` the source of event time: the uid of the events with `.source`, or else
   * position and kind, for instance `visits.source` or `2-assignTimestamps`.
   */
  readonly stream: string;
  /** At least 1. A batch that runs again after a restart is reported again, with the same number. */
  readonly recordCount: number;
}

/** A difference between batch times and the wall clock, with the reaction of the engine. */
export interface BatchTimesInfo {
  /**
   * `ahead`: batch times are ahead of the wall clock, because the wall clock was set back or because restored state
   * belongs to later times. Batches continue, a tenth slower, until the wall clock has caught up. `made-up`: batch
   * times have passed without a batch, because the wall clock was set forward, the process was suspended, or no driver
   * was running. The missed batches are made one after the other. `skipped`: the number of missed batches exceeds the
   * limit for making up, and the batches were left out.
   */
  readonly kind: 'ahead' | 'made-up' | 'skipped';
  /** The batch that was due when the difference was noticed. */
  readonly batchTime: BatchTime;
  /** The distance between batch times and the wall clock, in milliseconds, above 0. */
  readonly differenceMs: number;
  /** The number of missed batches; 0 for `ahead`. */
  readonly batchCount: number;
}

/**
 * Records stored by a receiver, or pushed into a queue, that the engine's codec does not accept. No batch contains
 * these records; the source continues, and the records are acknowledged like any others.
 */
export interface LeftOutRecordsInfo extends LeftOutRecords {
  readonly streamId: StreamId;
  /** The stream's name, as in `ReceiverInfo` and `StreamInputInfo`. */
  readonly name: string;
  /** The number of all left-out records of the stream since the driver started, these included. */
  readonly totalCount: number;
}

/**
 * Records that were left out of a batch because a function of one operator failed for them (`onRecordError`), or because
 * a receiver stored records that no block can hold and that become dead letters. With the reaction `dead-letter`, also
 * records whose event time is too far ahead (`maxFutureMs`); these stay in their stream.
 */
export interface RecordErrorsInfo {
  readonly batchTime: BatchTime;
  /** The stream whose operator failed: its uid, or else position and kind, for instance `orders` or `3-map`. */
  readonly stream: string;
  /** The operator, for instance `map`; `store` for records that no block can hold. */
  readonly operator: string;
  /** At least 1. A batch that runs again after a restart is reported again, with the same number. */
  readonly recordCount: number;
  /** The number of these records that were written to the sink of dead letters: all, or 0 with the reaction `skip`. */
  readonly deadLetters: number;
  /** The first of these records in words: one line of at most 1,024 characters, without control characters. */
  readonly record: string;
  /** The reason for the first of these records, in the same form. */
  readonly reason: string;
}

/** A checkpoint that was written, or that could not be written. */
export interface CheckpointInfo {
  /** All batches up to this one are done in the checkpoint. A failed checkpoint has the batch of the newest written one. */
  readonly batchTime: BatchTime;
  /** From the snapshot to the end of writing. */
  readonly durationMs: number;
  /** The bytes of the checkpoint with the parts that were written for it; 0 for a failed one. */
  readonly sizeBytes: number;
  /** The parts of states in the checkpoint, those of earlier checkpoints included; 0 for a failed one. */
  readonly parts: number;
  /** Failures in a row, this one included; absent: the checkpoint was written. */
  readonly failures?: number;
  readonly error?: SerializedError;
}

/** An executor that the engine has got or lost. */
export interface ExecutorInfo {
  readonly executorId: ExecutorId;
  readonly host: string;
  /** The number of tasks that the executor can run at once. */
  readonly cores: number;
  readonly timeMs: number;
  /** The number of live executors after the change. */
  readonly executorCount: number;
  /** The reason for the loss; absent: the executor was added. */
  readonly reason?: string;
  /** True when the engine has retired the executor itself; absent: false. */
  readonly isRetired?: boolean;
}

/** The watermark of a stream with event time. */
export interface WatermarkInfo {
  readonly batchTime: BatchTime;
  /** The stream of watermarks: its uid, or else position and kind, for instance `visits` or `5-watermark`. */
  readonly stream: string;
  /** Wall milliseconds of event time. */
  readonly watermarkMs: number;
}

/** The state of an operator after a batch that changed the number of keys. */
export interface StateInfo {
  readonly batchTime: BatchTime;
  /** The operator: its uid, or else position and kind, for instance `visits` or `4-mapWithState`. */
  readonly operator: string;
  /** The number of keys with state on all executors; for windows of event time the number of keys with open windows. */
  readonly keys: number;
}

/** Every event by name. Also published on `node:diagnostics_channel` as `millrace:<event>`. */
export interface StreamingEvents {
  'streaming:started': { readonly timeMs: number };
  /** The engine stops because of this error. Reported once; `streaming:stopped` follows. */
  'streaming:failed': { readonly timeMs: number; readonly error: SerializedError };
  'streaming:stopped': { readonly timeMs: number };
  /**
   * Another driver of the application is in charge, and this driver waits; again when another driver has come in charge.
   * Reported only with a lease.
   */
  'driver:standby': { readonly timeMs: number; readonly holder?: string };
  /** This driver is in charge, and its epoch is recorded. Reported once, and only with a lease. */
  'driver:in-charge': { readonly timeMs: number; readonly epoch: Epoch };
  /** An executor is about to call `start` of the receiver. */
  'receiver:starting': { readonly receiver: ReceiverInfo };
  /** `start` has resolved: the receiver listens, is connected, or has its source open. */
  'receiver:started': { readonly receiver: ReceiverInfo };
  /** The receiver has failed and is started again after a delay. */
  'receiver:restarting': { readonly receiver: ReceiverInfo; readonly restart: ReceiverRestartInfo };
  /** The receiver has failed for good (state `failed`) and is not started again; the engine stops. */
  'receiver:failed': { readonly receiver: ReceiverInfo };
  'receiver:error': { readonly receiver: ReceiverInfo };
  'receiver:stopped': { readonly receiver: ReceiverInfo };
  'receiver:rate-changed': { readonly rate: ReceiverRateInfo };
  'records:left-out': { readonly leftOut: LeftOutRecordsInfo };
  /** Includes the records of `records:ahead` that reach windows. */
  'records:late': { readonly late: LateRecordsInfo };
  'records:failed': { readonly failed: RecordErrorsInfo };
  /** Records with event times further ahead than `maxFutureMs`. They do not move the watermark. */
  'records:ahead': { readonly ahead: LateRecordsInfo };
  'watermark:advanced': { readonly watermark: WatermarkInfo };
  /** At most once for each batch and operator, and only when the number of keys has changed. */
  'state:changed': { readonly state: StateInfo };
  'checkpoint:completed': { readonly checkpoint: CheckpointInfo };
  /** The writing of a checkpoint failed; the next batch tries again. */
  'checkpoint:failed': { readonly checkpoint: CheckpointInfo };
  'executor:added': { readonly executor: ExecutorInfo };
  'executor:lost': { readonly executor: ExecutorInfo };
  'batch-times:adjusted': { readonly adjustment: BatchTimesInfo };
  'batch:submitted': { readonly batch: BatchInfo };
  'batch:started': { readonly batch: BatchInfo };
  'batch:completed': { readonly batch: BatchInfo };
  'output-operation:started': { readonly operation: OutputOperationInfo };
  'output-operation:completed': { readonly operation: OutputOperationInfo };
}

/**
 * Receives events. Per batch: submitted, started, (operation started, operation completed)…, completed; also for a
 * batch without data or jobs.
 *
 * Called one event at a time and in order, never from inside the engine's own work, so a slow listener delays events
 * and not batches. An event is dropped, counted and logged when the listener is further behind than the bound of the
 * bus. An error of a listener is logged and has no other effect. A listener may stop the context: `stop` does not wait
 * for the calling listener.
 */
export interface StreamingListener {
  /**
   * Called for every event; `event` is the name, `value` its content, `postedMs` the monotonic time at which the engine
   * posted the event, in milliseconds of the engine's clock.
   */
  onEvent<K extends keyof StreamingEvents>(
    event: K,
    value: StreamingEvents[K],
    postedMs?: number,
  ): void | Promise<void>;

  /**
   * Optional. A listener with this function gets the events of batches late and together, see `PostponedEvents`; at
   * short batch intervals that costs a fraction. Called once, when the listener is added to an engine.
   */
  postpone?(events: PostponedEvents): void;

  /**
   * Optional. True: the listener reads events, changes nothing inside, and hands on no part of them. It gets the events of
   * batches as the engine made them, without the copy that protects other listeners. Default false.
   */
  readonly readsOnly?: boolean;
}

/**
 * The events of batches (`batch:…`, `output-operation:…`, `watermark:advanced`, `state:changed`) that wait for a
 * listener. They are delivered in their order, before any other event, when an output operation was repeated or has
 * failed, when a batch is completed at least a second after the delivery before, and when many events wait. Once a batch is
 * completed, its waiting `batch:submitted` and `batch:started` are left out, and the events of output operations that
 * succeeded at the first attempt: `batch:completed` has all of their fields.
 */
export interface PostponedEvents {
  /** Delivers the waiting events before returning, unless a call of the listener is in progress. */
  deliver(): void;
}

/** The token for listeners of plugins; any number may be bound. */
export const StreamingListener = portToken<StreamingListener>('StreamingListener');
