// What an author of an output connector writes. A batch may be written more than once (after a failure, after a
// crash), always under the same identity: a sink that remembers which batches it has committed writes each once.
import type { BatchIdentity } from './identifiers.ts';

/** One partition of one output operation of one batch. */
export interface SinkWrite extends BatchIdentity {
  /** The output operation, counted from 0 in the order of the program. */
  readonly outputOperation: number;
  readonly partition: number;
  /** How many partitions this batch has in this operation. */
  readonly partitions: number;
}

/** What a sink can promise. */
export interface SinkCapabilities {
  /**
   * `effectively-once`: writing a batch again changes nothing. `at-least-once`: it may leave the records twice.
   */
  readonly delivery: 'effectively-once' | 'at-least-once';
}

/**
 * Writes batches outside. `open` once, then `write` (for different partitions concurrently, for different batches in
 * order, BAT-3), then `close`, which may be repeated.
 */
export interface Sink<T> {
  readonly name: string;
  readonly capabilities: SinkCapabilities;
  open?(): Promise<void>;
  /**
   * Writes one partition. Resolves when it is safe outside. A rejection fails the output operation, which is
   * retried with the same identity and the same records in the same order (BAT-4).
   */
  write(records: Iterable<T>, write: SinkWrite): Promise<void>;
  close?(): Promise<void>;
}
