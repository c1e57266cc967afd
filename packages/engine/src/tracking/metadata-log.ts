// The driver's memory of its own decisions about blocks. Every decision is appended here first and made in memory
// only after that, so that a driver that comes back finds each block in exactly one place: waiting, or in the batch
// it was given to (BAT-1, BAT-4). Without a log factory the memory form stands in, and nothing survives the process.
import type { BatchTime, Epoch, ReceivedBlockInfo, StreamId } from '@millrace/core';
import type { BatchInput } from '@millrace/core/engine';

/** A driver took over. The first thing it writes: whoever reads the log knows whose decisions follow. */
export interface DriverStart {
  readonly kind: 'driver-start';
  /** The batch allocated last, 0 when there was none. */
  readonly timeMs: BatchTime;
  readonly epoch: Epoch;
  readonly application: string;
  readonly batchIntervalMs: number;
  readonly zeroTime: BatchTime;
}

/** A block was registered. Written before the block is queued and before the receiver may acknowledge it. */
export interface BlockAddition {
  readonly kind: 'block-addition';
  /** The batch allocated last when the block came, 0 when there was none: the block goes to a later one. */
  readonly timeMs: BatchTime;
  readonly block: ReceivedBlockInfo;
}

/** Blocks were given to a batch. Written before the batch may run, also when there were none (BAT-4). */
export interface BatchAllocation {
  readonly kind: 'batch-allocation';
  /** The batch time. */
  readonly timeMs: BatchTime;
  readonly input: BatchInput;
  /** What the streams without a receiver took for the batch, as they exported it. */
  readonly inputs: ReadonlyMap<StreamId, unknown>;
}

/** Batch times were left out: nobody made batches when their time had come. Written before the first batch behind them. */
export interface BatchesSkipped {
  readonly kind: 'batches-skipped';
  /** The last of them: nothing before it is needed without it. */
  readonly timeMs: BatchTime;
  /** The first of them. */
  readonly from: BatchTime;
}

/** Batches are done with. Written before they are forgotten. */
export interface BatchCleanup {
  readonly kind: 'batch-cleanup';
  /** The threshold: all earlier batches are forgotten. */
  readonly timeMs: BatchTime;
  /** Those of them that were still in memory. */
  readonly batchTimes: readonly BatchTime[];
  /** All batches up to this one are done with; later ones still read those from `timeMs` on. */
  readonly doneUpTo: BatchTime;
  /** Of each replayable stream, the position of the last block that went to a forgotten batch. */
  readonly positions: ReadonlyMap<StreamId, unknown>;
}

/** An entry of the log. `timeMs` is always a batch time, never a reading of a clock that could be wrong. */
export type MetadataEvent = DriverStart | BlockAddition | BatchAllocation | BatchesSkipped | BatchCleanup;

/**
 * Where decisions are written down. Called by the driver: additions of different streams and one allocation or
 * clean-up may be under way together, and may share one sync.
 */
export interface MetadataLog {
  /** Whether anything comes back after the death of the process. */
  readonly isDurable: boolean;

  /**
   * Reads back every event that earlier drivers appended, in order. Called once, before the first `append`.
   *
   * @throws what the log throws, and `MR_TRACKING_LOG_UNREADABLE`.
   */
  replay(apply: (event: MetadataEvent) => void): Promise<void>;

  /**
   * Resolves once the event is durable. Rejected: recovery does not return it, and it may be appended again.
   * Recovery returns events in the order of the calls.
   */
  append(event: MetadataEvent): Promise<void>;

  /** Events with a time below `threshold` are not needed any more. May be repeated. */
  clean(threshold: BatchTime): Promise<void>;

  /** Waits for what is being written; nothing can be appended any more. May be repeated. */
  close(): Promise<void>;
}

/** Keeps nothing: every append succeeds, and a driver that dies begins anew. */
export class MemoryMetadataLog implements MetadataLog {
  readonly isDurable = false;

  replay(_apply: (event: MetadataEvent) => void): Promise<void> {
    return Promise.resolve();
  }

  append(_event: MetadataEvent): Promise<void> {
    return Promise.resolve();
  }

  clean(_threshold: BatchTime): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
