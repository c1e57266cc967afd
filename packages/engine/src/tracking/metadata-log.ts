// The driver's record of its own decisions about blocks. Every decision is appended here first and takes effect in
// memory only afterwards. A restarted driver therefore finds each block in exactly one place: waiting, or in its
// allocated batch (BAT-1, BAT-4). Without a log factory the memory form is used, and no decision survives the process.
import type { BatchTime, Epoch, LogHandle, ReceivedBlockInfo, StreamId } from '@millrace/core';
import type { LogEntry, BatchInput } from '@millrace/core/engine';
import type { LogGauges } from '@millrace/core/observation';

/** A driver took over. The first entry of a driver: readers of the log know whose decisions follow. */
export interface DriverStart {
  readonly kind: 'driver-start';
  /** The batch allocated last, 0 without one. */
  readonly timeMs: BatchTime;
  readonly epoch: Epoch;
  readonly application: string;
  readonly batchIntervalMs: number;
  readonly zeroTime: BatchTime;
}

/** A block was registered. Written before the block is queued and before the receiver may acknowledge it. */
export interface BlockAddition {
  readonly kind: 'block-addition';
  /** The batch allocated last when the block came, 0 without one: the block goes to a later batch. */
  readonly timeMs: BatchTime;
  /** From the replay of an entry with content, the block has the handle of the entry. */
  readonly block: ReceivedBlockInfo;
  /** The content of the block, opaque here, when the block is stored by this entry. Not replayed: tasks read the entry. */
  readonly content?: Uint8Array;
}

/** Blocks were given to a batch. Written before the batch may run, also without blocks (BAT-4). */
export interface BatchAllocation {
  readonly kind: 'batch-allocation';
  /** The batch time. */
  readonly timeMs: BatchTime;
  readonly input: BatchInput;
  /** The exported inputs of the streams without a receiver. */
  readonly inputs: ReadonlyMap<StreamId, unknown>;
}

/** Batch times were skipped, because no batch was made in time. Written before the first batch after the gap. */
export interface BatchesSkipped {
  readonly kind: 'batches-skipped';
  /** The last skipped time: earlier entries are not needed without this one. */
  readonly timeMs: BatchTime;
  /** The first skipped time. */
  readonly from: BatchTime;
}

/** Batches are done. Written before the batches are forgotten. */
export interface BatchCleanup {
  readonly kind: 'batch-cleanup';
  /** The threshold: all earlier batches are forgotten. */
  readonly timeMs: BatchTime;
  /** The forgotten batches that were still in memory. */
  readonly batchTimes: readonly BatchTime[];
  /** All batches up to this one are done; later batches still read the batches from `timeMs` on. */
  readonly doneUpTo: BatchTime;
  /** For each replayable stream, the position of the last block that went to a forgotten batch. */
  readonly positions: ReadonlyMap<StreamId, unknown>;
}

/** An entry of the log. `timeMs` is always a batch time, never a reading of a clock that could be wrong. */
export type MetadataEvent = DriverStart | BlockAddition | BatchAllocation | BatchesSkipped | BatchCleanup;

/**
 * The place where decisions are written. Called by the driver: additions of different streams and one allocation or
 * clean-up may be in progress together, and may share one sync.
 */
export interface MetadataLog {
  /** True when decisions survive the death of the process. */
  readonly isDurable: boolean;

  /**
   * An entry of this driver that the log will keep for the time being: whoever can read the entry can read the content of
   * additions. Undefined: additions must have no content.
   */
  readonly anEntry?: LogEntry | undefined;

  /**
   * Reads back every event that earlier drivers appended, in order. Called once, before the first `append`.
   *
   * @throws the errors of the log, and `MR_TRACKING_LOG_UNREADABLE`.
   */
  replay(apply: (event: MetadataEvent) => void): Promise<void>;

  /**
   * Resolves with the place of the event once the event is durable; a log in memory has no places. Rejected: recovery does
   * not return the event, and the event may be appended again. Recovery returns events in the order of the calls.
   */
  append(event: MetadataEvent): Promise<LogHandle | undefined>;

  /** Events with a time below `threshold` are not needed any more. May be repeated. */
  clean(threshold: BatchTime): Promise<void>;

  /** The amounts of the log, for observers; absent or undefined: the log has none. */
  gauges?(): LogGauges | undefined;

  /** Waits for writes in progress; refuses further appends. May be repeated. */
  close(): Promise<void>;
}

/** Keeps nothing: every append succeeds, and a restarted driver begins anew. */
export class MemoryMetadataLog implements MetadataLog {
  readonly isDurable = false;

  replay(_apply: (event: MetadataEvent) => void): Promise<void> {
    return Promise.resolve();
  }

  append(_event: MetadataEvent): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  clean(_threshold: BatchTime): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
