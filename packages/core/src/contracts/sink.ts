// Sinks: the port for authors of output connectors. A batch may be written more than once (after a failure, after a
// crash), always under the same identity: a sink that records its committed batches writes each batch once.
import type { BatchIdentity, Epoch } from './identifiers.ts';
import type { Reach } from './reach.ts';

/**
 * One partition of one output operation of one batch. Application, batch time, output operation and partition are the
 * identity of a write: a repeated identity comes with the same records, in the same order (BAT-4).
 */
export interface SinkWrite extends BatchIdentity {
  /** The output operation, counted from 0 in the order of the program. */
  readonly outputOperation: number;
  /** Counted from 0. */
  readonly partition: number;
  /**
   * The number of partitions of this batch in this operation; not a part of the identity. The number is the same on
   * every re-run, or the write is refused (SINK-17).
   */
  readonly partitions: number;
  /**
   * The epoch of the driver that has asked for this write; not a part of the identity: a batch that runs again under
   * another driver has another epoch. A sink MAY refuse a write of an epoch below one that the destination has seen: the
   * write then comes from an executor of a driver that was replaced. Absent only where no engine writes.
   */
  readonly epoch?: Epoch;
}

/** The guarantees of a sink. */
export interface SinkCapabilities {
  /**
   * `effectively-once`: writing a batch again changes nothing. `at-least-once`: a second write may duplicate the
   * records.
   */
  readonly delivery: 'effectively-once' | 'at-least-once';
  /**
   * From where the sinks of an engine reach the same external place. Default `'everywhere'`, as for a server; a sink that
   * writes to files of its machine says `'host'`.
   */
  readonly reach?: Reach;
}

/**
 * Writes batches to an external system. `open` once, then `write` (for different partitions concurrently, for different
 * batches in order, BAT-3), then `close`, which may be repeated. A sink has one life: a caller that needs the sink
 * again makes a new one.
 *
 * Every executor that writes has a sink of its own, in its own thread or process, and all these sinks write to the same
 * external place. A sink therefore expects other sinks beside it, including one that was cut off and never closed.
 */
export interface Sink<T> {
  /** The kind of destination, in kebab case, for messages. */
  readonly name: string;
  readonly capabilities: SinkCapabilities;
  /** Acquires the resources for writing. A rejected call leaves nothing behind and may be repeated. */
  open?(): Promise<void>;
  /**
   * Writes one partition; the records are iterated at most once. Resolves when the external system has the records
   * safely. A rejection fails the output operation, which is retried with the same identity and the same records in the
   * same order (BAT-4).
   *
   * @throws `MR_SINK_NOT_OPEN` before `open` and after `close`; `MR_SINK_UNSUPPORTED_RECORD` when a record cannot be
   *   written in the form that the sink's options require; `MR_SINK_REPARTITIONED` when this output operation of this
   *   batch was written out of another number of partitions before (SINK-17).
   */
  write(records: Iterable<T>, write: SinkWrite): Promise<void>;
  /** Releases every resource, after the last write or without any write. */
  close?(): Promise<void>;
}

/**
 * A format of whole files, for sinks that take formats of other packages, for instance `parquetFormat` of
 * `@millrace/sink-files` for objects of S3.
 */
export interface FileFormat {
  /** The usual end of names, for instance `.parquet`. */
  readonly suffix: string;
  /** The media type, for instance `application/vnd.apache.parquet`. */
  readonly contentType: string;
  /**
   * The bytes of a file with these records, in chunks; no chunks for no file. Iterates the records once, as far as chunks are
   * taken, and makes the same bytes of the same records.
   *
   * @throws (during iteration) `MR_SINK_UNSUPPORTED_RECORD` with the index of the record; any error of the records.
   */
  readonly encode: (records: Iterable<unknown>, write: SinkWrite) => Iterable<Uint8Array>;
}
