// The amounts of a running engine at one moment. Events tell what has happened; gauges tell how much waits, is stored and
// is used now. Whoever shows an engine reads both: a dashboard, a writer of metrics, a test.
import type { BatchTime, Epoch, ExecutorId, StreamId } from './identifiers.ts';
import { portToken } from './port-token.ts';
import type { BlockStoreUsage } from './block-store.ts';
import type { ReceiverGauges } from './receiver.ts';
import type { ReceiverInfo } from './streaming-listener.ts';
import type { LogGauges } from './write-ahead-log.ts';

/**
 * The delays of an event loop since the reading before: the time by which timers were late, in milliseconds. 20 timers a
 * second are measured, from the first reading on.
 */
export interface LoopDelay {
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly maxMs: number;
}

/** The thread of the driver or of an executor. */
export interface ThreadReading {
  /** Absent: the thread was not measured yet. */
  readonly loopDelay?: LoopDelay;
  /** Used bytes of the JavaScript heap of the thread. */
  readonly heapUsedBytes: number;
  /** The bound of that heap, in bytes. */
  readonly heapLimitBytes: number;
  /** Resident bytes of the whole process. */
  readonly residentBytes: number;
  /** Processor time of the whole process since its start, in milliseconds. */
  readonly cpuMs: number;
}

/** A running receiver, as its executor knows the receiver. */
export interface ReceiverReading extends ReceiverGauges {
  readonly streamId: StreamId;
  /** Stored records that are in no registered block yet, and the blocks and bytes of these records. */
  readonly waitingRecords: number;
  readonly waitingBlocks: number;
  readonly waitingBytes: number;
  /** Records with a token that are not acknowledged yet; lines that were stored with one token count as one. */
  readonly unacknowledgedRecords: number;
}

/**
 * An executor, as the executor itself knows. Executors in the process of the driver share the block store and the log: each
 * has the amounts of the process.
 */
export interface ExecutorReading {
  readonly executorId: ExecutorId;
  readonly host: string;
  readonly cores: number;
  /** Tasks that run now, and tasks that have ended since the start of the executor. */
  readonly runningTasks: number;
  readonly completedTasks: number;
  readonly blocks: BlockStoreUsage;
  /** Absent: the executor writes no log of blocks. */
  readonly log?: LogGauges;
  readonly receivers: readonly ReceiverReading[];
  /** Absent for an executor in the thread of the driver. */
  readonly thread?: ThreadReading;
  /**
   * The time since these amounts arrived, in milliseconds. Absent: the executor is in the process of the driver and was read
   * now, or has not answered yet and has amounts of 0. An executor that does not answer keeps its amounts.
   */
  readonly ageMs?: number;
}

/** The state of an operator that keeps state by key; windows with an inverse function are not included. */
export interface StateReading {
  /** The operator: its uid, or else position and kind, for instance `visits` or `4-mapWithState`. */
  readonly operator: string;
  readonly keys: number;
  /** The bytes of the state in the newest checkpoint; absent as long as an earlier driver has written a part of them. */
  readonly sizeBytes?: number;
}

/** The newest watermark of a stream with event time. */
export interface WatermarkReading {
  /** The stream, as in `watermark:advanced`. */
  readonly stream: string;
  readonly batchTime: BatchTime;
  /** Wall milliseconds of event time. */
  readonly watermarkMs: number;
}

/** The lease of the application, as this driver knows the lease. */
export interface LeaseReading {
  /**
   * `waiting`: the driver wants the lease, and no answer has come. `standby`: another driver is in charge. `in-charge`: this
   * driver has the lease. `ended`: this driver has lost or released the lease.
   */
  readonly state: 'waiting' | 'standby' | 'in-charge' | 'ended';
  /** The time at which the state began, in wall milliseconds. */
  readonly sinceMs: number;
  /** The other driver in charge, for people; absent: not known, or this driver does not stand by. */
  readonly holder?: string;
  /** The epoch of this driver; absent as long as no epoch is recorded. */
  readonly epoch?: Epoch;
  /**
   * False while this driver is in charge and begins no job, because another driver may come in charge; absent in every
   * other state. The newest value that the lease has told: a reading asks no lease.
   */
  readonly isCertain?: boolean;
}

/** All amounts of an engine at one moment, as plain data: the same after `JSON.parse(JSON.stringify(reading))`. */
export interface EngineReading {
  readonly application: string;
  /** `standby`: another driver is in charge. `starting` before the first batch can be made; `stopping` from the call of `stop` or a fatal error. */
  readonly state: 'initialized' | 'standby' | 'starting' | 'active' | 'stopping' | 'stopped';
  /** The time of the reading, in wall milliseconds. */
  readonly timeMs: number;
  readonly batchIntervalMs: number;
  /** The receivers in the order of the program, as the driver knows each. */
  readonly receivers: readonly (ReceiverInfo & {
    /** Registered records and blocks since the start. */
    readonly records: number;
    readonly blocks: number;
  })[];
  readonly batches: {
    /** Batches that were made and are not done, running and held ones included. */
    readonly queued: number;
    /** Batches that are due and not made yet. */
    readonly notMade: number;
    /** Held batches, oldest first. */
    readonly held: readonly BatchTime[];
    /** From the batch time of the oldest unfinished batch to now, in milliseconds; 0 without one. */
    readonly oldestDelayMs: number;
    /** Registered records that no batch has taken. */
    readonly unallocatedRecords: number;
  };
  readonly executors: readonly ExecutorReading[];
  readonly driver: ThreadReading;
  /** True when executors may run on several hosts; absent: all executors run on the host of the driver. */
  readonly spansHosts?: true;
  /** Absent: the application has no lease, or the driver has not asked for the lease yet. */
  readonly lease?: LeaseReading;
  /** The log of the driver's decisions; absent: there is none. */
  readonly log?: LogGauges;
  readonly states: readonly StateReading[];
  readonly watermarks: readonly WatermarkReading[];
  /** Events that listeners missed, see `LISTENER-7`. */
  readonly droppedEvents: number;
}

/** A stream or an output of the program, for a picture of the graph. */
export interface ProgramNode {
  /** The same in every run of the program: uid, or position and kind. */
  readonly id: string;
  /** The kind of operator, for instance `map`, `queue`, `foreachRDD`. */
  readonly kind: string;
  /** The name for people; for inputs the name in `StreamInputInfo`, for outputs the name in `OutputOperationInfo`. */
  readonly name: string;
  readonly role: 'input' | 'operator' | 'output';
  /** Ids of the nodes that this node reads. */
  readonly parents: readonly string[];
  /** The input stream; absent for other nodes. */
  readonly streamId?: StreamId;
}

/**
 * Reads the amounts of the engine. Bound by the engine; plugins inject the port.
 *
 * Nothing is measured for the gauges before the first reading. From then on each thread measures its delays until the
 * engine stops; all else is measured by readings alone. A reader asks at most once a second: within a second the engine
 * answers with the reading that it has. A reading costs no disk access, one message for each executor outside the
 * driver's thread, and at most one for each log on servers; the answers are in the next reading.
 */
export interface EngineGauges {
  /**
   * The amounts now, at most a second old; undefined before a context uses the engine, and on executors. Frozen. Never
   * throws.
   */
  read(): EngineReading | undefined;
  /** The streams and outputs of the program, inputs first; empty before the start of the context. */
  program(): readonly ProgramNode[];
}

/** The token of the gauges. Provided by the engine; no plugin replaces the engine's binding. */
export const EngineGauges = portToken<EngineGauges>('EngineGauges');
