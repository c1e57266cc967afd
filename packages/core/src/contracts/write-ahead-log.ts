// An append-only log; an entry is durable before its effect becomes visible. The engine has two kinds of log: block
// data on executors, and the driver's own decisions (additions, allocations, clean-ups).
import type { LogHandle } from './block.ts';
import { portToken } from './port-token.ts';
import type { Reach } from './reach.ts';

/** An entry of a log, and its place. */
export interface LogEntry {
  readonly payload: Uint8Array;
  readonly handle: LogHandle;
}

/** One entry in the result of recovery. */
export interface LogRecord extends LogEntry {
  /** The `timeMs` of the `write`. */
  readonly timeMs: number;
}

/**
 * An append-only log with acknowledged writes.
 *
 * Called concurrently: waiting writes may share one sync (group commit), and the effect of one write is independent of
 * the number of waiting writes. A write has two outcomes only: its promise resolves and the entry is durable (WAL-1),
 * or the promise rejects and recovery does not return the entry. No time-out fails a write that later succeeds.
 */
export interface WriteAheadLog {
  /**
   * Appends an entry. `timeMs` is the driver's time of the entry; `clean` compares this time.
   *
   * @throws `MR_WAL_FULL` (disposition `back-off`) when there is no room, `MR_WAL_CLOSED` after `close`;
   *   `MR_WAL_FENCED` (disposition `stop-engine`) when another process has taken the log over: the entry is not in the log,
   *   and no later entry of this process will be.
   */
  write(payload: Uint8Array, timeMs: number): Promise<LogHandle>;

  /** Reads one entry. Rejects with `MR_WAL_CORRUPT_RECORD` when the checksum does not match. */
  read(handle: LogHandle): Promise<Uint8Array>;

  /**
   * Every acknowledged entry that was not cleaned, in order (WAL-2), from earlier processes and from this one. Called
   * once, at start, before the first write. A torn tail is cut silently: its writes were never acknowledged. Damage in
   * the middle is `MR_WAL_CORRUPT_RECORD` with segment and offset, unless the log is configured to skip damage.
   */
  readAll(): AsyncIterable<LogRecord>;

  /**
   * Removes entries with a time below `thresholdMs`, in whole segments only. The segment of the newest entry is never
   * removed.
   */
  clean(thresholdMs: number): Promise<void>;

  /** Waits for pending writes, then releases the log. May be repeated; later writes are refused. */
  close(): Promise<void>;

  /**
   * The amounts of the log, for observers. Answers at once, without access to the disk. A log on servers may send a question to
   * the servers, at most one at a time: the next amounts have the answer.
   */
  gauges?(): LogGauges;
}

/** Writes of a log without an outcome. */
export interface UnconfirmedWrites {
  /** Writes whose promise is not settled, and the bytes of their entries. */
  readonly entries: number;
  readonly bytes: number;
  /** The time for which the oldest of these writes has waited, in milliseconds; 0 without one. */
  readonly oldestMs: number;
}

/** The servers that copy a log from the server that leads the log. */
export interface LogFollowers {
  readonly count: number;
  /** Followers that do not have everything that the leader has, or are not there. */
  readonly behind: number;
  /** Operations that the follower furthest behind lacks, as the leader knows; 0: none. */
  readonly lag: number;
  /** The time since the leader said so, in milliseconds. */
  readonly ageMs: number;
}

/** Amounts of a log, for observers. */
export interface LogGauges {
  /**
   * The kind of the log, in a word of the log: 1 to 32 of `a` to `z`, `0` to `9` and `-`, a letter first. Logs of this project say
   * `file`, `jetstream` and `memory`. Absent: the log does not say.
   */
  readonly kind?: string;
  /** Writes that are not confirmed: not on the disk, or not at a quorum. Absent: not known. */
  readonly unconfirmed?: UnconfirmedWrites;
  /** Absent: the log has no followers, or their leader has not told of them yet. */
  readonly followers?: LogFollowers;
  /** Bytes that the log uses on its disk, except marks of a few bytes. */
  readonly sizeBytes: number;
  readonly segments: number;
  /** Successful syncs, and failed writes and syncs, since the log was opened. */
  readonly syncs: number;
  readonly errors: number;
  /** The durations of the newest syncs, at most 1,000, in milliseconds; absent: there was none. */
  readonly syncMs?: { readonly p50: number; readonly p99: number; readonly max: number };
  /**
   * Bytes that the log may still grow: by its own bound or by the free space of the disk, whichever is less, as known at
   * the newest segment. Absent: not known.
   */
  readonly roomBytes?: number;
}

/** Opens logs by name. The engine opens one log for block data per executor and one log for the driver's decisions. */
export interface WriteAheadLogFactory {
  /** From where a log can be opened again under its name, after its writer is gone. Default `'host'`. */
  readonly reach?: Reach;

  /**
   * Opens the log of that name, or creates the log when absent. Never do two processes write to one log: while another
   * process has the log open, `open` is refused, or takes the log over. Every entry that the other process could write
   * is then in `readAll`, and every later write of that process is refused with `MR_WAL_FENCED`.
   */
  open(name: string): Promise<WriteAheadLog>;
}

/** The token of the log factory. Nothing is bound by default: without a factory, the engine writes no log. */
export const WriteAheadLogFactory = portToken<WriteAheadLogFactory>('WriteAheadLogFactory');
