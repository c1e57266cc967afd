// Timelines: one point a batch, and for intervals below 250 ms one point for several batches. Columns of equal length, so
// that a chart takes a column as it is. Beyond the newest 3,600 points, one point a minute for a day.

/** Points of one width, oldest first. Every column has the length of `timeMs`. */
export interface Timeline {
  /** The time of the point: the batch time, or the first of the merged ones. */
  readonly timeMs: readonly number[];
  /** The number of batches in the point. */
  readonly batches: readonly number[];
  readonly failed: readonly number[];
  /** Records per second over the time of the point. */
  readonly recordsPerSecond: readonly number[];
  /** The mean of each delay, and the longest, in milliseconds. */
  readonly schedulingMs: readonly number[];
  readonly processingMs: readonly number[];
  readonly totalMs: readonly number[];
  readonly maxTotalMs: readonly number[];
  /** The sum of the limits of all receivers in records per second; null: no limit is known. */
  readonly rateLimit: readonly (number | null)[];
  /** By input: records per second and the limit of that input. Inputs beyond the first 100 are summed as `others`. */
  readonly inputs: readonly {
    readonly name: string;
    readonly recordsPerSecond: readonly number[];
    readonly rateLimit: readonly (number | null)[];
  }[];
}

/** The history of an engine. */
export interface Timelines {
  readonly recent: Timeline;
  /** One point a minute, older than `recent`; empty in the first hour. */
  readonly day: Timeline;
}
