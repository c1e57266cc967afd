// What an author of an output connector writes. A batch may be written more than once (after a failure, after a
// crash), always under the same identity: a sink that remembers which batches it has committed writes each once.
import type { BatchIdentity } from './identifiers.ts';

/**
 * One partition of one output operation of one batch. Application, batch time, output operation and partition are
 * the identity of a write: a sink that is told the same four again is told the same records again, in the same order
 * (BAT-4).
 */
export interface SinkWrite extends BatchIdentity {
  /** The output operation, counted from 0 in the order of the program. */
  readonly outputOperation: number;
  /** Counted from 0. */
  readonly partition: number;
  /** How many partitions this batch has in this operation; no part of the identity, and the same on every re-run, or the write is refused (SINK-17). */
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
 * order, BAT-3), then `close`, which may be repeated. A sink has one life: who needs it again makes another.
 *
 * Every executor that writes has a sink of its own, in its own thread or process, and all of them write to the same
 * place outside. A sink therefore counts on others beside it, also on one that was cut off and never closed.
 */
export interface Sink<T> {
  /** What it writes to, in kebab case, for messages. */
  readonly name: string;
  readonly capabilities: SinkCapabilities;
  /** Takes what is needed to write. One that rejects leaves nothing behind and may be called again. */
  open?(): Promise<void>;
  /**
   * Writes one partition; the records are iterated at most once. Resolves when it is safe outside. A rejection fails
   * the output operation, which is retried with the same identity and the same records in the same order (BAT-4).
   *
   * @throws `MR_SINK_NOT_OPEN` before `open` and after `close`; `MR_SINK_UNSUPPORTED_RECORD` when a record cannot be
   *   written as the sink's options ask; `MR_SINK_REPARTITIONED` when this output operation of this batch was written
   *   out of another number of partitions before (SINK-17).
   */
  write(records: Iterable<T>, write: SinkWrite): Promise<void>;
  /** Gives everything back, after the last write or instead of the first. */
  close?(): Promise<void>;
}
