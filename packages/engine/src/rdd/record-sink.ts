// The two ways in which records are handed on: one by one, or as a slice of an array.

/**
 * Takes records one by one; an array is a sink. Sinks should be classes, one for each purpose: the loop that feeds
 * a sink is compiled for its class.
 */
export interface RecordSink<T> {
  push(record: T): void;
}

/**
 * Takes the records `from ≤ index < to` of an array, which stays the caller's and is only read. Completes
 * synchronously.
 */
export type ChunkSink<T> = (records: readonly T[], from: number, to: number) => void;
