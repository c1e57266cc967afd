// The messages between driver and executors. Every message is serialisable and may arrive twice or late: recipients
// recognise a repetition by the ids inside, and refuse messages of an older driver epoch. Inside one process the
// messages are passed without a copy; tests clone every message to prove that the messages could cross a process
// boundary.
import type { Block, ReceivedBlockInfo } from './block.ts';
import type { DeadLetter } from './dead-letter.ts';
import type { ExecutorReading } from './engine-gauges.ts';
import type { BatchTime, BlockId, Epoch, ExecutorId, ReceiverAttemptId, StreamId } from './identifiers.ts';
import type { LeftOutRecords } from './left-out-records.ts';
import type { SerializedError } from './serialized-error.ts';
import type { LogEntry } from './write-ahead-log.ts';

/** Executor → driver: a receiver requests permission to run here. */
export interface RegisterReceiver {
  readonly streamId: StreamId;
  readonly attemptId: ReceiverAttemptId;
  readonly receiverName: string;
  readonly executorId: ExecutorId;
  readonly host: string;
  /** The number of this run of the attempt, from 1: a supervisor runs its receiver again after a restart. */
  readonly run: number;
}

/** The answer to a registration. Refused: the supervisor stops without having started the receiver. */
export interface RegisterReceiverReply {
  readonly accepted: boolean;
  readonly reason?: string;
  /**
   * For an accepted replayable receiver: the position of the last registered record; absent: no record is registered.
   */
  readonly resumeFrom?: unknown;
  /**
   * An entry of the driver's log: an executor that can read the entry can read the content of blocks from that log.
   * Absent: `AddBlock` must not have content.
   */
  readonly logEntry?: LogEntry;
}

/** Executor → driver: `start` of the receiver has resolved, so the receiver listens, is connected or has its source open. */
export interface ReportStarted {
  readonly streamId: StreamId;
  readonly attemptId: ReceiverAttemptId;
  /** The run of the registration, see `RegisterReceiver`: a late message of an earlier run changes nothing. */
  readonly run: number;
}

/**
 * Executor → driver: a block is stored, or comes with its content. Repetition is safe: the driver recognises the block
 * id. The driver accepts blocks of attempts that it began, and blocks of earlier drivers that its log still has (ADR 0022).
 */
export interface AddBlock {
  readonly attemptId: ReceiverAttemptId;
  readonly block: ReceivedBlockInfo;
  /** Present when records that were stored for this block are missing from the block. */
  readonly leftOut?: LeftOutRecords;
  /**
   * Present when the block is not stored yet: the driver writes these bytes in the entry of the registration, and `block`
   * has no handle. The bytes are opaque to the driver.
   */
  readonly content?: Uint8Array;
}

/** Accepted: the driver has recorded the block, and its records may be acknowledged. Otherwise: try again later. */
export interface AddBlockReply {
  readonly accepted: boolean;
  readonly reason?: string;
  /** True: many blocks of the stream wait for a batch, so blocks should be cut at their interval only. */
  readonly isCrowded?: boolean;
}

/** Executor → driver: an error occurred and the receiver continues. */
export interface ReportError {
  readonly streamId: StreamId;
  readonly attemptId: ReceiverAttemptId;
  readonly message: string;
  readonly error?: SerializedError;
}

/** Executor → driver: a receiver has stopped, and every stored record has been registered or is reported lost. */
export interface DeregisterReceiver {
  readonly streamId: StreamId;
  readonly attemptId: ReceiverAttemptId;
  /** The run that ended, see `RegisterReceiver`: a repeated or late message of a restart changes nothing. */
  readonly run: number;
  readonly message: string;
  readonly error?: SerializedError;
  /**
   * `final`: the receiver reported its end and is not started again. `failed`: the receiver should run again, here or
   * elsewhere. `stopped`: the driver requested the stop. `restarting`: the supervisor will register the receiver again
   * by itself.
   */
  readonly reason: 'final' | 'failed' | 'stopped' | 'restarting';
  /**
   * The number of records that were stored but could not be made durable and registered; 0 after a clean stop (REC-4).
   */
  readonly recordsLeft: number;
  /** For `restarting`: the time to the next registration, in milliseconds. */
  readonly delayMs?: number;
}

/**
 * Executor → driver: send one partition of a state snapshot of an operator (`RunTask.snapshots`). The executor asks the
 * driver because no executor has the snapshot: the previous holder has died, or the driver has just started.
 */
export interface FetchSnapshot {
  /** The id of the operator's stream. */
  readonly operator: string;
  /** The batch of the snapshot. */
  readonly batchTime: BatchTime;
  readonly partition: number;
}

/**
 * The state of the operator, as bytes of the engine's codec. A rejection with disposition `retry`: ask for a newer
 * snapshot.
 */
export interface FetchSnapshotReply {
  readonly bytes: Uint8Array;
}

/** The requests of executors to the driver. */
export interface DriverProtocol {
  FetchSnapshot: { request: FetchSnapshot; reply: FetchSnapshotReply };
  RegisterReceiver: { request: RegisterReceiver; reply: RegisterReceiverReply };
  ReportStarted: { request: ReportStarted; reply: void };
  AddBlock: { request: AddBlock; reply: AddBlockReply };
  ReportError: { request: ReportError; reply: void };
  DeregisterReceiver: { request: DeregisterReceiver; reply: void };
}

/** Driver → executor: run a receiver of the program. */
export interface StartReceiver {
  readonly epoch: Epoch;
  readonly streamId: StreamId;
  readonly attemptId: ReceiverAttemptId;
  /** The initial limit in records per second; absent: no limit. */
  readonly rateLimit?: number;
  /** The initial limit in bytes per second; absent: the options of receiving apply. */
  readonly byteRateLimit?: number;
}

/** Driver → executor: stop a receiver. The answer comes after deregistration, or after `withinMs`. */
export interface StopReceiver {
  readonly epoch: Epoch;
  readonly streamId: StreamId;
  readonly message: string;
  /**
   * The time for storing the remaining records, in milliseconds from the arrival of the message; 0: no time. The value
   * is a duration and not a wall time, because the clocks of two machines differ (CLOCK-18).
   */
  readonly withinMs: number;
}

/** The outcome of stopping a receiver. */
export interface StopReceiverReply {
  /** The number of records that the receiver stored and that are neither durable nor registered. */
  readonly recordsLeft: number;
}

/** Driver → executor: change the rate limits of a receiver. */
export interface UpdateRateLimit {
  readonly epoch: Epoch;
  readonly streamId: StreamId;
  readonly recordsPerSecond: number;
  /** Absent: the limit in bytes stays unchanged. */
  readonly bytesPerSecond?: number;
}

/** The limits on storing that a receiver has to keep, per second. No bytes: the options of receiving apply. */
export type RateLimit = Pick<UpdateRateLimit, 'recordsPerSecond' | 'bytesPerSecond'>;

/** Driver → executor: the state of the driver that receivers may tell their clients. */
export interface UpdateCondition {
  readonly epoch: Epoch;
  /** The number of batches that are held after a failure. */
  readonly heldBatches: number;
}

/** Driver → executor: batches up to `threshold` are complete. */
export interface CleanupOldBlocks {
  readonly epoch: Epoch;
  readonly threshold: BatchTime;
  /** Every block that was registered when the driver sent this message belongs to that batch or an earlier one. */
  readonly registeredUpTo?: BatchTime;
}

/** Driver → executor: these blocks, cached partitions and shuffle outputs are no longer needed. */
export interface Forget {
  readonly epoch: Epoch;
  readonly blockIds: readonly BlockId[];
  /** Ids of RDDs whose cached partitions and shuffle outputs are removed. */
  readonly rddIds: readonly string[];
  /** All batches up to this one are complete: the executor also drops the inputs of these batches. */
  readonly doneUpTo?: BatchTime;
}

/**
 * Driver → executor: another executor is gone and will not answer any more. Requests to that executor fail, whatever
 * the state of the connection.
 */
export interface PeerGone {
  readonly epoch: Epoch;
  readonly executorId: ExecutorId;
}

/** The input of one batch: the blocks of each receiver stream, in allocation order. */
export interface BatchInput {
  readonly batchTime: BatchTime;
  readonly blocks: ReadonlyMap<StreamId, readonly ReceivedBlockInfo[]>;
  /** The input of the streams without a receiver for this batch, as data; for executors that do not share memory. */
  readonly taken?: ReadonlyMap<StreamId, unknown>;
}

/**
 * The state snapshots from which operators can resume, for executors that do not share the driver's memory. The driver
 * still has the inputs of all batches after a snapshot, so later state can be computed again.
 */
export interface OperatorSnapshots {
  /** Batches up to this one were completed by an earlier driver; minus infinity: there was no earlier driver. */
  readonly recoveredUpTo: BatchTime;
  /** By the id of the operator's stream: the last batch in the snapshot, and further data of the operator. */
  readonly operators: ReadonlyMap<string, { readonly upTo: BatchTime }>;
}

/** Names a piece of work. The executor finds the code by running the same program; no closure travels. */
export interface TaskName {
  readonly batchTime: BatchTime;
  /** The output operation of the program, counted from 0 in the order of registration. */
  readonly outputOperation: number;
  /** The RDD of the batch. */
  readonly rddId: string;
  readonly partition: number;
  /**
   * `map`: write the shuffle output of the partition. `result`: apply the action and answer with the value of the
   * action.
   */
  readonly kind: 'map' | 'result';
  /** For a `result`: the name under which the program registered the action on that RDD. */
  readonly action?: string;
}

/** The locations of the outputs of one shuffle. */
export interface ShuffleLocations {
  /** The id of the shuffled RDD. */
  readonly shuffleId: string;
  /** The executor with the output of each map partition, in the order of the map partitions. */
  readonly executors: readonly ExecutorId[];
}

/** Driver → executor: run one task. */
export interface RunTask {
  readonly epoch: Epoch;
  readonly task: TaskName;
  /** 0 for the first attempt. */
  readonly attempt: number;
  /** Numbers the tasks that one driver sends, so that `CancelTask` can name a task. Absent: the task runs to its end. */
  readonly runId?: number;
  /** The inputs of the batches in reach of this batch's windows, except inputs that the executor already has. */
  readonly inputs: readonly BatchInput[];
  /** The time before the first batch. An executor starts its graph from this time. Absent if the graph is shared. */
  readonly zeroTime?: BatchTime;
  /**
   * Skipped batch times, both ends included: the batch before a gap is the direct predecessor of the batch behind it.
   */
  readonly skipped?: readonly { readonly from: BatchTime; readonly to: BatchTime }[];
  /** Present for programs with stateful operators. Absent if memory is shared. */
  readonly snapshots?: OperatorSnapshots;
  /** The locations of the shuffle outputs that the task reads. Absent if memory is shared. */
  readonly shuffles?: readonly ShuffleLocations[];
}

/** The part of a dead letter that the executor makes. */
export type DeadRecord = Pick<DeadLetter, 'record' | 'recordForm' | 'reason' | 'error'>;

/** The operator whose function failed for a record. */
export interface FailedOperator {
  /** See `DeadLetter`. */
  readonly stream: string;
  /** See `DeadLetter`. */
  readonly operator: string;
  /** The RDD of the operator: its name contains the batch time. */
  readonly rddId: string;
  readonly partition: number;
}

/**
 * The records that were left out of one partition of one RDD, because a function failed for them, or whose event time is
 * too far ahead. The report of a partition is always complete, and the same whenever the partition is computed again.
 */
export interface RecordErrors extends FailedOperator {
  /** The number of partitions of the RDD. */
  readonly partitions: number;
  /** At least 1. */
  readonly recordCount: number;
  /** The first of these records in words: one line of at most 1,024 characters, without control characters. */
  readonly record: string;
  /** The reason for the first of these records, in the same form. */
  readonly reason: string;
  /** Present when the records become dead letters: one for each record, in order. */
  readonly letters?: readonly DeadRecord[];
}

/** The record for which a function failed, in the outcome of a task that ended with the failure. */
export interface FailedRecord extends FailedOperator {
  /** The place in the program where the operator was defined, as file, line and column; absent: unknown. */
  readonly definedAt?: string;
  /** The record in words, as in `RecordErrors`. */
  readonly record: string;
}

/** The outcome of a task. */
export type TaskOutcome =
  | {
      readonly ok: true;
      /** The answer of the action; with `isEncoded`, the answer as bytes of the engine's codec. */
      readonly value: unknown;
      readonly isEncoded?: boolean;
      /** Present when records were left out of the partitions that the task has read. */
      readonly recordErrors?: readonly RecordErrors[];
    }
  | {
      readonly ok: false;
      readonly error: SerializedError;
      /** Present when the function of an operator failed for one record. */
      readonly failedRecord?: FailedRecord;
    };

/**
 * Driver → executor: the answer of a task is not needed any more, because its job has failed or was cancelled, or because
 * another attempt was faster. The executor ends the task when it can. A message that is lost, or that arrives before its
 * task, only lets the task run to its end.
 */
export interface CancelTask {
  readonly epoch: Epoch;
  /** The number in `RunTask`. */
  readonly runId: number;
}

/**
 * Driver → executor: send the amounts of the executor, for observers. Asked when an observer reads the gauges of the engine,
 * at most once a second. The answer is the reading without an age.
 */
export interface ReadGauges {
  readonly epoch: Epoch;
}

/** Executor → executor: send the map outputs for one reading partition. */
export interface FetchBuckets {
  readonly epoch: Epoch;
  readonly shuffleId: string;
  readonly partition: number;
  /** The requested map partitions. */
  readonly mapPartitions: readonly number[];
}

/**
 * The buckets in the requested order, each as bytes of the engine's codec; null: this executor does not have the
 * bucket.
 */
export interface FetchBucketsReply {
  readonly buckets: readonly (Uint8Array | null)[];
}

/** Executor → executor: send a received block. */
export interface FetchBlock {
  readonly epoch: Epoch;
  readonly block: ReceivedBlockInfo;
}

/** The block, with records as bytes of the engine's codec or as text; absent: this executor does not have the block. */
export interface FetchBlockReply {
  readonly block?: Block;
}

/** The requests between executors. */
export interface PeerProtocol {
  FetchBuckets: { request: FetchBuckets; reply: FetchBucketsReply };
  FetchBlock: { request: FetchBlock; reply: FetchBlockReply };
}

/** The requests of the driver to an executor. Other executors may send only the requests of `PeerProtocol`. */
export interface ExecutorProtocol extends PeerProtocol {
  StartReceiver: { request: StartReceiver; reply: void };
  StopReceiver: { request: StopReceiver; reply: StopReceiverReply };
  UpdateRateLimit: { request: UpdateRateLimit; reply: void };
  UpdateCondition: { request: UpdateCondition; reply: void };
  CleanupOldBlocks: { request: CleanupOldBlocks; reply: void };
  Forget: { request: Forget; reply: void };
  PeerGone: { request: PeerGone; reply: void };
  RunTask: { request: RunTask; reply: TaskOutcome };
  CancelTask: { request: CancelTask; reply: void };
  ReadGauges: { request: ReadGauges; reply: ExecutorReading };
}
