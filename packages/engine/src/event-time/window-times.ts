// The times of a window of event time.

/** Times from `startMs` up to, and without, `endMs`, in milliseconds since 1970. */
export interface WindowTimes {
  readonly startMs: number;
  readonly endMs: number;
}
