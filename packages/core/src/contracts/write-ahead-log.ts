// A log that is written before the thing is done. The engine keeps two kinds: block data on executors, and the
// driver's own decisions (additions, allocations, clean-ups).
import type { LogHandle } from './block.ts';
import { portToken } from './port-token.ts';

/** One entry as recovery returns it. */
export interface LogRecord {
  readonly payload: Uint8Array;
  /** The time that was given to `write`. */
  readonly timeMs: number;
  readonly handle: LogHandle;
}

/**
 * An append-only log with acknowledged writes.
 *
 * Called concurrently: writes that wait together may share one sync (group commit), and the effect of one write is
 * independent of how many others wait. A write has two outcomes only: its promise resolves and the entry is durable
 * (WAL-1), or it rejects and recovery does not return it. No time-out fails a write that later succeeds.
 */
export interface WriteAheadLog {
  /**
   * Appends an entry. `timeMs` is the driver's time to which the entry belongs and is what `clean` compares.
   *
   * @throws `MR_WAL_FULL` (disposition `back-off`) when there is no room, `MR_WAL_CLOSED` after `close`.
   */
  write(payload: Uint8Array, timeMs: number): Promise<LogHandle>;

  /** Reads one entry. Rejects with `MR_WAL_CORRUPT_RECORD` when its checksum does not hold. */
  read(handle: LogHandle): Promise<Uint8Array>;

  /**
   * Every acknowledged entry that was not cleaned, in order (WAL-2), from before this process and from it. Called
   * once, at start, before the first write. A torn tail is cut silently: nobody was told it was written. Damage in
   * the middle is `MR_WAL_CORRUPT_RECORD` with segment and offset, unless the log was told to skip.
   */
  readAll(): AsyncIterable<LogRecord>;

  /** Removes entries with a time below `thresholdMs`, as far as whole segments allow. Never the newest one's. */
  clean(thresholdMs: number): Promise<void>;

  /** Waits for the writes under way, then gives the log back. May be repeated; later writes are refused. */
  close(): Promise<void>;
}

/** Opens logs by name. The engine opens one for block data per executor and one for the driver's decisions. */
export interface WriteAheadLogFactory {
  /** Opens the log of that name, creating it when absent; refused while another process has it open. */
  open(name: string): Promise<WriteAheadLog>;
}

/** The token of the log factory. Nothing is bound by default: without it, nothing is logged. */
export const WriteAheadLogFactory = portToken<WriteAheadLogFactory>('WriteAheadLogFactory');
