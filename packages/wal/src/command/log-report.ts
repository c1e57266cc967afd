// What there is to say about a log after reading all of it. Plain data: it is printed as a table, as lines, or as JSON.
import type { LogDamage } from '../read-log.ts';
import type { Problem } from './command-context.ts';

/**
 * How a segment is.
 *
 * - `continued`: a later segment says where it ends. `sealed`: it was closed in order, and says so itself.
 * - `open`: neither; its process runs, or was killed. `in progress`: and it grew while it was read. `torn`: and bytes
 *   stand behind its last entry, of a write that did not get there whole or of the removed segment whose file it
 *   uses, which the next start cuts off.
 * - `void`: begun and given up, without entries. `removed`: cleaned up by its process before it was read.
 * - `damaged`, `unreadable` (the storage failed), `unknown format`; `not read`: another segment of the log is of one.
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

/** A segment. What is not known is undefined, and absent in JSON. */
export interface SegmentReport {
  readonly number: number;
  readonly file: string;
  readonly sizeBytes: number;
  /** Wall time, ms since the epoch. */
  readonly createdMs: number | undefined;
  readonly formatVersion: number | undefined;
  readonly state: SegmentState;
  readonly records: number;
  /** The oldest time of an entry, in ms, as given when it was written. */
  readonly oldestMs: number | undefined;
  readonly newestMs: number | undefined;
  /** Bytes behind the last whole entry, in a segment whose end nobody tells. */
  readonly tornBytes: number;
}

/** A log. */
export interface LogReport {
  /** The path from the directory that was given. */
  readonly name: string;
  /** `sparse` is for blocks, which are removed in any order; a log in `sequence` is cleaned from its oldest end. */
  readonly layout: 'sequence' | 'sparse' | undefined;
  /** Whether writes waited for the disk. */
  readonly isSynced: boolean | undefined;
  readonly segments: readonly SegmentReport[];
  readonly damage: readonly LogDamage[];
  /** Why not all of it could be read. */
  readonly problem: Problem | undefined;
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

/** Sums over logs; folders that could not be looked into count as unreadable. */
export function totalsOf(logs: readonly LogReport[], problems: readonly Problem[] = []): Totals {
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
