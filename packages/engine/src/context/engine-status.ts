// The state of an engine at one moment, as plain data: for a health endpoint, a command line, a test. `ssc.status()`
// reads numbers that the engine keeps in any case; a call costs a few microseconds for each receiver.
import type { BatchTime, ReceiverInfo, StreamId } from '@millrace/core';

/** A receiver in a status. */
export interface ReceiverStatus {
  readonly streamId: StreamId;
  readonly name: string;
  /** As in `ReceiverInfo`. */
  readonly state: ReceiverInfo['state'];
  /** The host and the executor of the receiver; absent while no executor runs the receiver. */
  readonly host?: string;
  readonly executorId?: string;
  /** The failures since the start. The receiver is started again after each one, unless its state is `failed`. */
  readonly restarts: number;
  /** The registered records and blocks since the start. A registered record is in a batch, or waits for one. */
  readonly records: number;
  readonly blocks: number;
  /** The newest error, also of a receiver that has recovered; absent: no error so far. */
  readonly lastError?: ErrorStatus;
}

/** An error in a status. */
export interface ErrorStatus {
  readonly message: string;
  /** The code of a `MillraceError`. */
  readonly code?: string;
  /** The time of the error, in wall milliseconds. */
  readonly timeMs: number;
}

/** The unfinished batches in a status. */
export interface BatchesBehind {
  /** Batches that were made and are not done, running and held ones included. */
  readonly waiting: number;
  /** Batches that are due and not made yet. */
  readonly notMade: number;
  /** From the batch time of the oldest unfinished batch to now, in milliseconds; 0 without an unfinished batch. */
  readonly oldestDelayMs: number;
  /** Registered records that no batch has taken yet. */
  readonly unallocatedRecords: number;
}

/** The amounts since the start in a status. */
export interface StatusTotals {
  /** Completed batches, with any outcome. */
  readonly batches: number;
  /** Batches that failed for good, whatever the reaction. */
  readonly failedBatches: number;
  /** The records in completed batches. Records of files are counted by nobody before a job reads them. */
  readonly records: number;
  /** Records that the codec did not accept. */
  readonly leftOutRecords: number;
  /** Records that no window of event time can take: behind all their windows, or ahead. */
  readonly lateRecords: number;
  /** Records whose event time is further ahead of their batch than `maxFutureMs`. */
  readonly aheadRecords: number;
  /** The sum of `BatchInfo.recordErrors`: records of completed batches for which a function failed. */
  readonly recordErrors: number;
  /** Dead letters written for completed batches. */
  readonly deadLetters: number;
}

/** The state of an engine at one moment. Frozen, and the same after `JSON.parse(JSON.stringify(status))`. */
export interface EngineStatus {
  readonly application: string;
  /**
   * `initialized`: before `start`. `standby`: another driver of the application is in charge. `starting`: components start. `active`. `stopping`: `stop` was called, or the engine
   * has failed. `stopped`.
   */
  readonly state: 'initialized' | 'standby' | 'starting' | 'active' | 'stopping' | 'stopped';
  /** The time of the status, in wall milliseconds. */
  readonly timeMs: number;
  readonly batchIntervalMs: number;
  /** The receivers in the order of the program; empty before the start. */
  readonly receivers: readonly ReceiverStatus[];
  /** The batches that are held after a failure, oldest first: wall milliseconds. Later batches wait for these. */
  readonly heldBatches: readonly BatchTime[];
  readonly behind: BatchesBehind;
  /** The batch that was completed last; absent: none since the start. */
  readonly lastCompletedBatch?: BatchTime;
  readonly totals: StatusTotals;
  /** The error that stops, or has stopped, the engine; absent: none. */
  readonly failure?: ErrorStatus;
}
