// Blocks: the records of one receiver, cut together, moved, stored and allocated together. A block is immutable
// from the moment it is cut.
import type { BlockId, ExecutorId, StreamId } from './identifiers.ts';

/**
 * Records as values, in the chunks in which the records were appended. Only the holder of a block may read the chunks.
 * A chunk's array can be longer than its content; `length` is the number of valid records.
 */
export interface RecordsBlock {
  readonly kind: 'records';
  readonly chunks: readonly RecordChunk[];
  /** The number of records in all chunks. */
  readonly recordCount: number;
  /** An estimate of the memory of the records, in bytes: exact for strings and bytes, sampled for objects. */
  readonly sizeBytes: number;
}

/** A run of records inside a block. */
export interface RecordChunk {
  readonly records: readonly unknown[];
  readonly length: number;
}

/**
 * Lines of text as received bytes, one `\n` after each line. A job that reads the lines decodes them; unread lines are
 * never decoded.
 */
export interface TextBlock {
  readonly kind: 'text';
  readonly chunks: readonly Uint8Array[];
  /** The number of lines. */
  readonly recordCount: number;
  readonly sizeBytes: number;
}

/** Records that the receiver encoded with the engine's codec. */
export interface EncodedBlock {
  readonly kind: 'encoded';
  readonly bytes: Uint8Array;
  readonly recordCount: number;
  readonly sizeBytes: number;
}

/** A block's content. */
export type Block = RecordsBlock | TextBlock | EncodedBlock;

/**
 * The durability of a stored block, as declared by a handler: `memory` is lost with the process, `process` survives the
 * death of the process, `machine` survives the loss of power.
 */
export type Durability = 'memory' | 'process' | 'machine';

/**
 * The position of an entry in a write-ahead log. Serialisable; opaque to everyone except the log that made the handle.
 */
export interface LogHandle {
  readonly segment: string;
  readonly offset: number;
  readonly length: number;
}

/** The outcome of storing a block, with all that a task needs to find the block again. */
export interface StoredBlock {
  readonly blockId: BlockId;
  readonly recordCount: number;
  readonly sizeBytes: number;
  readonly durability: Durability;
  /** Present when the block can be read back from a log. */
  readonly handle?: LogHandle;
  /**
   * True: the entry at `handle` is the registration of the block in the driver's log, and has the content of the block as
   * well (`contentOfRegistration`). Absent: the entry is the block alone.
   */
  readonly isInline?: boolean;
}

/**
 * A part of a source that can be read again: everything directly behind the position `from`, up to and including the
 * record at the position `to`. Each range of a stream begins at the end of the previous range. Serialisable.
 */
export interface SourceRange {
  /** Absent: from the beginning of the source. */
  readonly from?: unknown;
  readonly to: unknown;
}

/** A stored block as known to the driver: one entry of a batch's input. Serialisable. */
export interface ReceivedBlockInfo extends StoredBlock {
  readonly streamId: StreamId;
  /** The executor whose block store holds the block, or held the block at registration. */
  readonly executorId: ExecutorId;
  /** The receiver's own data about the block, for instance offsets. Serialisable. */
  readonly metadata?: unknown;
  /**
   * True: the block belongs to the partition of the block before it in the batch, when that block is on the same
   * executor. Both were cut within one block interval. Absent: the block begins a partition.
   */
  readonly continues?: boolean;
  /**
   * Records that were left out of the block because no block can hold them, as the engine's own data; present when they
   * become dead letters.
   */
  readonly leftOut?: readonly unknown[];
  /** Present when the source can deliver the same records again: the block then survives the loss of its last copy. */
  readonly range?: SourceRange;
}
