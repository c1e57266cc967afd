// What an engine tells about itself while it runs. Times are wall milliseconds of the engine's clock; durations are
// milliseconds. Every value is a frozen snapshot: a listener may keep the value and cannot change what others get.
import type { BatchTime, ExecutorId, StreamId } from './identifiers.ts';
import type { LeftOutRecords, SerializedError } from './messages.ts';
import { portToken } from './port-token.ts';

/** What one stream brought into a batch. */
export interface StreamInputInfo {
  readonly streamId: StreamId;
  readonly streamName: string;
  readonly recordCount: number;
  readonly sizeBytes: number;
  readonly blockCount: number;
  /** What the stream says about its input; `Description` is meant for people. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** One output operation of one batch. */
export interface OutputOperationInfo {
  readonly batchTime: BatchTime;
  /** Its number in the program, the same in every batch, whether or not the others had something to do. */
  readonly id: number;
  readonly name: string;
  readonly startMs?: number;
  readonly endMs?: number;
  /** 1 for a first run that succeeded. */
  readonly attempts: number;
  readonly failure?: SerializedError;
}

/** Where the time of a batch went, in milliseconds. */
export interface BatchPhases {
  /**
   * From the moment the batch was due to the moment the generator took it up: lag of the driver. Monotonic; a batch that was
   * missed is due from the moment on when that was noticed.
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

/** A batch, as far as it has come. */
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
  /** The sum of all phases: everything a record waits for after its batch was due, generator lag included. */
  readonly totalDelayMs?: number;
  readonly phases: BatchPhases;
  readonly outputOperations: readonly OutputOperationInfo[];
  /** True when this is a re-run after recovery. */
  readonly isRerun: boolean;
  /** What became of it; `skipped` only with `onBatchFailure: 'skip'`. */
  readonly outcome?: 'succeeded' | 'failed' | 'skipped';
}

/** A receiver, as the tracker knows it. */
export interface ReceiverInfo {
  readonly streamId: StreamId;
  readonly name: string;
  readonly isActive: boolean;
  readonly host?: string;
  readonly executorId?: ExecutorId;
  /** True once it will not be started again. */
  readonly isFinal: boolean;
  readonly lastErrorMessage?: string;
  readonly lastError?: SerializedError;
  readonly lastErrorMs?: number;
  /** Records that were left out since the driver started, see `records:left-out`; absent: none. */
  readonly leftOutRecords?: number;
}

/** What a receiver may store from now on. */
export interface ReceiverRateInfo {
  readonly streamId: StreamId;
  readonly recordsPerSecond: number;
  /** Absent: no batch of the stream was measured yet; the options of receiving say what holds. */
  readonly bytesPerSecond?: number;
  /**
   * Why it was changed: set at the start, estimated from a batch that was done, or lowered because a batch runs for
   * longer than its interval.
   */
  readonly cause: 'initial' | 'estimate' | 'overdue-batch';
  /** The batch that it was taken from. */
  readonly batchTime?: BatchTime;
}

/** Records that came too late for all windows of event time that they belong to. */
export interface LateRecordsInfo {
  readonly batchTime: BatchTime;
  /** The stream of windows: its uid, or else position and kind, for instance `visits` or `7-eventWindows`. */
  readonly stream: string;
  /** At least 1. A batch that runs again after a restart is told again, with the same number. */
  readonly recordCount: number;
}

/** Batch times and the wall clock do not agree, and what the engine does about that. */
export interface BatchTimesInfo {
  /**
   * `ahead`: batch times are ahead of the wall clock, because that was set back or because what was kept is of later
   * times; batches go on, a tenth slower, until it has caught up. `made-up`: batch times have passed without a batch,
   * because the wall clock was set forward, the process stood still, or nobody ran; the missed batches are made one after
   * the other. `skipped`: they are more than are made up for, and were left out.
   */
  readonly kind: 'ahead' | 'made-up' | 'skipped';
  /** The batch that was due when this was noticed. */
  readonly batchTime: BatchTime;
  /** How far batch times and the wall clock were apart, in milliseconds, above 0. */
  readonly differenceMs: number;
  /** How many batches were missed; 0 for `ahead`. */
  readonly batchCount: number;
}

/**
 * Records that were stored by a receiver, or pushed into a queue, and that the engine's codec does not take. They are in
 * no batch; the source goes on, and they are acknowledged like the others.
 */
export interface LeftOutRecordsInfo extends LeftOutRecords {
  readonly streamId: StreamId;
  /** The stream's name, as in `ReceiverInfo` and `StreamInputInfo`. */
  readonly name: string;
  /** All records of the stream that were left out since the driver started, these included. */
  readonly totalCount: number;
}

/** Every event by name. Also published on `node:diagnostics_channel` as `millrace:<event>`. */
export interface StreamingEvents {
  'streaming:started': { readonly timeMs: number };
  /** The engine cannot go on, for this reason. Told once; `streaming:stopped` follows. */
  'streaming:failed': { readonly timeMs: number; readonly error: SerializedError };
  'streaming:stopped': { readonly timeMs: number };
  'receiver:started': { readonly receiver: ReceiverInfo };
  'receiver:error': { readonly receiver: ReceiverInfo };
  'receiver:stopped': { readonly receiver: ReceiverInfo };
  'receiver:rate-changed': { readonly rate: ReceiverRateInfo };
  'records:left-out': { readonly leftOut: LeftOutRecordsInfo };
  'records:late': { readonly late: LateRecordsInfo };
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
 * Called one event at a time and in order, never from inside the engine's own work, so a slow listener delays
 * events and not batches. An event is dropped, counted and logged when the listener is more than the bus's bound
 * behind. An error of a listener is logged and changes nothing else. A listener may stop the context: `stop` does
 * not wait for the listener that calls it.
 */
export interface StreamingListener {
  /** Called for every event; `event` is the name, `value` its content. */
  onEvent<K extends keyof StreamingEvents>(event: K, value: StreamingEvents[K]): void | Promise<void>;
}

/** The token for listeners brought by plugins; any number may be bound. */
export const StreamingListener = portToken<StreamingListener>('StreamingListener');
