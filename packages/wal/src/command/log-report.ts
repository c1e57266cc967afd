// The results of reading a complete log. The report is plain data, printed as a table, as lines, or as JSON.
import type { LogDamage } from '../read-log.ts';
import type { LogProblem } from './command-context.ts';

/**
 * The state of a segment.
 *
 * - `continued`: a later segment records the end. `sealed`: closed in order, with a recorded end of its own.
 * - `open`: no recorded end; the process runs, or was killed. `in progress`: `open`, and the segment grew during the
 *   reading. `torn`: `open`, with bytes behind the last entry, of an incomplete write or of the removed segment whose
 *   file is reused; the next start cuts these bytes off.
 * - `void`: begun and abandoned, without entries. `removed`: cleaned up by its process before the reading.
 * - `damaged`, `unreadable` (the storage failed), `unknown format`; `not read`: another segment of the log is of an
 *   unknown format.
 */
export type SegmentState =
  | 'continued'
  | 'sealed'
  | 'open'
  | 'in progress'
  | 'torn'
  | 'void'
  | 'removed'
  | 'damaged'
  | 'unreadable'
  | 'unknown format'
  | 'not read';

/** A segment. Unknown fields are undefined, and absent in JSON. */
export interface SegmentReport {
  readonly number: number;
  readonly file: string;
  readonly sizeBytes: number;
  /** Wall time, ms since the epoch. */
  readonly createdMs: number | undefined;
  readonly formatVersion: number | undefined;
  readonly state: SegmentState;
  readonly records: number;
  /** The oldest time of an entry, in ms, as passed to the write. */
  readonly oldestMs: number | undefined;
  readonly newestMs: number | undefined;
  /** The number of bytes behind the last complete entry, in a segment without a recorded end. */
  readonly tornBytes: number;
}

/** A log. */
export interface LogReport {
  /** The path from the passed directory. */
  readonly name: string;
  /**
   * `sparse` is for blocks, whose segments are removed in any order; a log in `sequence` is cleaned from its oldest
   * end.
   */
  readonly layout: 'sequence' | 'sparse' | undefined;
  /** True when writes waited for the disk. */
  readonly isSynced: boolean | undefined;
  readonly segments: readonly SegmentReport[];
  readonly damage: readonly LogDamage[];
  /** The reason why a part could not be read. */
  readonly problem: LogProblem | undefined;
}

/** Sums over logs. */
export interface Totals {
  readonly logs: number;
  readonly segments: number;
  readonly records: number;
  readonly sizeBytes: number;
  readonly damagedPlaces: number;
  readonly unreadable: number;
}

/** Sums over logs; folders that could not be read count as unreadable. */
export function totalsOf(logs: readonly LogReport[], problems: readonly LogProblem[] = []): Totals {
  const segments = logs.flatMap((log) => log.segments);
  return {
    logs: logs.length,
    segments: segments.length,
    records: sumOf(segments, ({ records }) => records),
    sizeBytes: sumOf(segments, ({ sizeBytes }) => sizeBytes),
    damagedPlaces: sumOf(logs, ({ damage }) => damage.length),
    unreadable: logs.filter(({ problem }) => problem !== undefined).length + problems.length,
  };
}

/** The sum of a figure. */
export function sumOf<T>(items: readonly T[], figure: (item: T) => number): number {
  return items.reduce((sum, item) => sum + figure(item), 0);
}
