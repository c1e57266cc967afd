// Names that the parts of a run share.

/** The `appName` of the program. */
export const APP = 'faults';
/** The stream, and the subject, of the acknowledging source. */
export const MESSAGES = 'MESSAGES';
/** The streams of the application whose leaders are victims. */
export const LED_STREAMS = ['CTL', 'META', 'BLK_0', 'BLK_1', 'BLK_2'] as const;
/** A stream of the application. */
export type LedStream = (typeof LED_STREAMS)[number];
/** The paths of the sink: numbers of the replayable source, running totals of these numbers, and messages. */
export const PATHS = { numbers: '/numbers', totals: '/totals', messages: '/messages' } as const;
/** The number of keys of the running totals. */
export const KEYS = 4;

/** A row of numbers and of messages. */
export interface NumberRow {
  readonly number: number;
}

/** A row of the totals: what a key has seen up to a batch. */
export interface TotalRow {
  /** The remainder of the numbers by `KEYS`. */
  readonly key: number;
  readonly count: number;
  readonly sum: number;
  readonly largest: number;
}
