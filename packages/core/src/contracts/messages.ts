// What driver and executors say to each other. Everything here is serialisable and may arrive twice or late:
// receivers of a message recognise repetition by the ids inside, and refuse what an older driver epoch sends. In
// one process the messages are handed over as they are; that they could cross a border is tested by cloning them.
import type { Block, ReceivedBlockInfo } from './block.ts';
import type { BatchTime, BlockId, Epoch, ExecutorId, ReceiverAttemptId, StreamId } from './identifiers.ts';

/** An error as it crosses a border: enough to log it, to react to it and to build it again. */
export interface SerializedError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  /** Present when it was a `MillraceError`. */
  readonly code?: string;
  readonly disposition?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: SerializedError;
}

/** Executor → driver: a receiver asks whether it may run here. */
export interface RegisterReceiver {
  readonly streamId: StreamId;
  readonly attemptId: ReceiverAttemptId;
  readonly receiverName: string;
  readonly executorId: ExecutorId;
  readonly host: string;
}

/** The answer to a registration. Refused: the supervisor stops without having started the receiver. */
export interface RegisterReceiverReply {
  readonly accepted: boolean;
  readonly reason?: string;
  /** Of a replayable receiver, when accepted: the position of the last record that is registered; absent: none is. */
  readonly resumeFrom?: unknown;
}

/** Executor → driver: a block is stored. Repeating it is safe: the block id tells. */
export interface AddBlock {
  readonly attemptId: ReceiverAttemptId;
  readonly block: ReceivedBlockInfo;
  /** Present when records that were stored for this block are not in it. */
  readonly leftOut?: LeftOutRecords;
}

/** Records that a receiver stored and that the codec does not take: they are in no block. */
export interface LeftOutRecords {
  /** At least 1. */
  readonly recordCount: number;
  /** Why the first of them was left out, in words. */
  readonly reason: string;
  /** The first of them in words: one line of at most 1,024 characters, without control characters. */
  readonly record: string;
}

/** Accepted: the driver has recorded the block, and what it holds may be acknowledged. Else: try again later. */
export interface AddBlockReply {
  readonly accepted: boolean;
  readonly reason?: string;
}

/** Executor → driver: something went wrong and the receiver goes on. */
export interface ReportError {
  readonly streamId: StreamId;
  readonly attemptId: ReceiverAttemptId;
  readonly message: string;
  readonly error?: SerializedError;
}

/** Executor → driver: a receiver has stopped, and everything it stored has been registered or is reported lost. */
export interface DeregisterReceiver {
  readonly streamId: StreamId;
  readonly attemptId: ReceiverAttemptId;
  readonly message: string;
  readonly error?: SerializedError;
  /**
   * `final`: the receiver said it is done, it is not started again. `failed`: it should run elsewhere or again.
   * `stopped`: the driver asked for it. `restarting`: its supervisor will register it again by itself.
   */
  readonly reason: 'final' | 'failed' | 'stopped' | 'restarting';
  /** Records that were stored but could not be made durable and registered; 0 after a clean stop (REC-4). */
  readonly recordsLeft: number;
}

/**
 * Executor → driver: give me one partition of what an operator can begin with anew (`RunTask.bases`), because nobody
 * here has it: its executor has died, or the driver has only just started.
 */
export interface ReadBasis {
  /** The id of the operator's stream. */
  readonly operator: string;
  /** Which of its batches. */
  readonly batchTime: BatchTime;
  readonly partition: number;
}

/** What the operator has kept, as bytes of the engine's codec. A rejection with disposition `retry`: ask for a newer one. */
export interface ReadBasisReply {
  readonly bytes: Uint8Array;
}

/** What an executor may ask of the driver, by message. */
export interface DriverProtocol {
  ReadBasis: { request: ReadBasis; reply: ReadBasisReply };
  RegisterReceiver: { request: RegisterReceiver; reply: RegisterReceiverReply };
  AddBlock: { request: AddBlock; reply: AddBlockReply };
  ReportError: { request: ReportError; reply: void };
  DeregisterReceiver: { request: DeregisterReceiver; reply: void };
}

/** Driver → executor: run a receiver of the program. */
export interface StartReceiver {
  readonly epoch: Epoch;
  readonly streamId: StreamId;
  readonly attemptId: ReceiverAttemptId;
  /** Records per second it may store at first; absent: no limit. */
  readonly rateLimit?: number;
  /** Bytes per second it may store at first; absent: as the options of receiving say. */
  readonly byteRateLimit?: number;
}

/** Driver → executor: stop a receiver. The answer comes when it has deregistered, or after `withinMs`. */
export interface StopReceiver {
  readonly epoch: Epoch;
  readonly streamId: StreamId;
  readonly message: string;
  /**
   * How long the executor tries to store what is left, in milliseconds from the arrival of the message; 0: not at all. A
   * length and no wall time: the clocks of two machines differ (CLOCK-18).
   */
  readonly withinMs: number;
}

/** What stopping left behind on an executor. */
export interface StopReceiverReply {
  /** Records that were stored by the receiver but neither made durable nor registered. */
  readonly recordsLeft: number;
}

/** Driver → executor: change what a receiver may store per second. */
export interface UpdateRateLimit {
  readonly epoch: Epoch;
  readonly streamId: StreamId;
  readonly recordsPerSecond: number;
  /** Absent: the limit in bytes stays as it is. */
  readonly bytesPerSecond?: number;
}

/** Driver → executor: batches up to `threshold` are done with. */
export interface CleanupOldBlocks {
  readonly epoch: Epoch;
  readonly threshold: BatchTime;
  /** Every block that was registered when this was said belongs to that batch or an earlier one. */
  readonly registeredUpTo?: BatchTime;
}

/** Driver → executor: these blocks, cached partitions and shuffle outputs are not needed any more. */
export interface Forget {
  readonly epoch: Epoch;
  readonly blockIds: readonly BlockId[];
  /** Ids of RDDs whose cached partitions and shuffle outputs go. */
  readonly rddIds: readonly string[];
  /** All batches up to this one are done with: what an executor knows of their inputs goes as well. */
  readonly doneUpTo?: BatchTime;
}

/**
 * Driver → executor: another executor is gone and will not answer any more. Questions to that executor fail, whatever the
 * connection to it says.
 */
export interface PeerGone {
  readonly epoch: Epoch;
  readonly executorId: ExecutorId;
}

/** The input of one batch: the blocks of each receiver stream, in allocation order. */
export interface BatchInput {
  readonly batchTime: BatchTime;
  readonly blocks: ReadonlyMap<StreamId, readonly ReceivedBlockInfo[]>;
  /** What the streams without a receiver took for the batch, as data; for executors that do not share memory. */
  readonly taken?: ReadonlyMap<StreamId, unknown>;
}

/**
 * What operators that remember something can begin with anew, for executors that do not share the driver's memory: of
 * everything after it the driver has the inputs still, so that it can be computed again.
 */
export interface OperatorBases {
  /** Batches up to this one were done by an earlier driver; minus infinity: there was none. */
  readonly recoveredUpTo: BatchTime;
  /** By the id of the operator's stream: up to which batch, and whatever else the operator says of it, as data. */
  readonly operators: ReadonlyMap<string, { readonly upTo: BatchTime }>;
}

/** Names a piece of work. The executor finds the code by running the same program; no closure travels. */
export interface TaskName {
  readonly batchTime: BatchTime;
  /** Which output operation of the program, counted from 0 in the order of registration. */
  readonly outputOperation: number;
  /** Which RDD of that batch. */
  readonly rddId: string;
  readonly partition: number;
  /** `map`: write the shuffle output of the partition. `result`: apply the action and answer with its value. */
  readonly kind: 'map' | 'result';
  /** Which action on that RDD, for a `result`: the name under which the program registered it. */
  readonly action?: string;
}

/** Where the outputs of one shuffle are. */
export interface ShuffleLocations {
  /** The id of the shuffled RDD. */
  readonly shuffleId: string;
  /** Which executor has the output of each map partition, in their order. */
  readonly executors: readonly ExecutorId[];
}

/** Driver → executor: run one task. */
export interface RunTask {
  readonly epoch: Epoch;
  readonly task: TaskName;
  /** 0 for the first try. */
  readonly attempt: number;
  /** The inputs of the batches that this one's windows reach back to, as far as the executor was not told before. */
  readonly inputs: readonly BatchInput[];
  /** The time before the first batch: with it an executor starts its graph. Absent where the graph is shared. */
  readonly zeroTime?: BatchTime;
  /** Batch times that were left out, both ends included: the batch before them comes right before the one behind. */
  readonly skipped?: readonly { readonly from: BatchTime; readonly to: BatchTime }[];
  /** Present for programs with operators that remember something. Absent where memory is shared. */
  readonly bases?: OperatorBases;
  /** Where the shuffle outputs are that the task reads. Absent where memory is shared. */
  readonly shuffles?: readonly ShuffleLocations[];
}

/** How a task ended. */
export type TaskOutcome =
  | {
      readonly ok: true;
      /** The answer of the action; with `isEncoded`, bytes of the engine's codec that hold it. */
      readonly value: unknown;
      readonly isEncoded?: boolean;
    }
  | { readonly ok: false; readonly error: SerializedError };

/** Executor → executor: give me what map tasks have written for a reading partition. */
export interface FetchBuckets {
  readonly epoch: Epoch;
  readonly shuffleId: string;
  readonly partition: number;
  /** Of which map partitions. */
  readonly mapPartitions: readonly number[];
}

/** The buckets in the order asked for, each as bytes of the engine's codec; null: it is not here. */
export interface FetchBucketsReply {
  readonly buckets: readonly (Uint8Array | null)[];
}

/** Executor → executor: give me a block that you have received. */
export interface FetchBlock {
  readonly epoch: Epoch;
  readonly block: ReceivedBlockInfo;
}

/** The block, its records as bytes of the engine's codec or as text; absent: it is not here. */
export interface FetchBlockReply {
  readonly block?: Block;
}

/** What executors may ask of each other. */
export interface PeerProtocol {
  FetchBuckets: { request: FetchBuckets; reply: FetchBucketsReply };
  FetchBlock: { request: FetchBlock; reply: FetchBlockReply };
}

/** What the driver, or as far as it is in `PeerProtocol` another executor, may ask of an executor, by message. */
export interface ExecutorProtocol extends PeerProtocol {
  StartReceiver: { request: StartReceiver; reply: void };
  StopReceiver: { request: StopReceiver; reply: StopReceiverReply };
  UpdateRateLimit: { request: UpdateRateLimit; reply: void };
  CleanupOldBlocks: { request: CleanupOldBlocks; reply: void };
  Forget: { request: Forget; reply: void };
  PeerGone: { request: PeerGone; reply: void };
  RunTask: { request: RunTask; reply: TaskOutcome };
}
