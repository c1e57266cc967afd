// The points of the timelines, as columns that only grow at their end. The last point of a message may be a newer form of
// the last point here: points of short intervals are merged.
import type { Timeline } from '@millrace/observe';

/** The columns that the page shows. */
export interface Columns {
  readonly timeMs: number[];
  readonly failed: number[];
  readonly recordsPerSecond: number[];
  readonly rateLimit: (number | null)[];
  readonly schedulingMs: number[];
  readonly processingMs: number[];
  readonly totalMs: number[];
}

const NAMES = [
  'timeMs',
  'failed',
  'recordsPerSecond',
  'rateLimit',
  'schedulingMs',
  'processingMs',
  'totalMs',
] as const satisfies readonly (keyof Columns)[];

/** Trimmed in steps, as trimming moves every point. */
const TRIM_STEP = 200;

/** A bounded number of points. */
export class Points {
  readonly #most: number;
  #columns: Columns = none();

  constructor(most: number) {
    this.#most = most;
  }

  /** The points, oldest first. */
  get columns(): Columns {
    return this.#columns;
  }

  /** Forgets all points. */
  clear(): void {
    this.#columns = none();
  }

  /** Adds newer points; a point with the time of a known one takes its place. */
  add(timeline: Timeline): void {
    const columns = this.#columns;
    timeline.timeMs.forEach((timeMs, from) => {
      let at = columns.timeMs.length;
      while (at > 0 && (columns.timeMs[at - 1] ?? 0) >= timeMs) at -= 1;
      if (at < columns.timeMs.length && columns.timeMs[at] !== timeMs) return;
      for (const name of NAMES) (columns[name] as (number | null)[])[at] = timeline[name][from] ?? null;
    });
    const excess = columns.timeMs.length - this.#most;
    if (excess >= TRIM_STEP) for (const name of NAMES) columns[name].splice(0, excess);
  }

  /** The points from a time on. */
  from(timeMs: number): Columns {
    const first = this.#columns.timeMs.findIndex((time) => time >= timeMs);
    const start = first === -1 ? this.#columns.timeMs.length : first;
    if (start === 0) return this.#columns;
    const part = <T>(column: readonly T[]): T[] => column.slice(start);
    const {
      timeMs: times,
      failed,
      recordsPerSecond,
      rateLimit,
      schedulingMs,
      processingMs,
      totalMs,
    } = this.#columns;
    return {
      timeMs: part(times),
      failed: part(failed),
      recordsPerSecond: part(recordsPerSecond),
      rateLimit: part(rateLimit),
      schedulingMs: part(schedulingMs),
      processingMs: part(processingMs),
      totalMs: part(totalMs),
    };
  }
}

function none(): Columns {
  return {
    timeMs: [],
    failed: [],
    recordsPerSecond: [],
    rateLimit: [],
    schedulingMs: [],
    processingMs: [],
    totalMs: [],
  };
}
