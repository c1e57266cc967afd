// Blocks: the records of one receiver, cut together, moved, stored and allocated together. A block is immutable
// from the moment it is cut.
import type { BlockId, ExecutorId, StreamId } from './identifiers.ts';

/**
 * Records as values, in the chunks in which they were appended. Only the holder of a block may read the chunks;
 * a chunk's array can be longer than its records, `length` says how many count.
 */
export interface RecordsBlock {
  readonly kind: 'records';
  readonly chunks: readonly RecordChunk[];
  /** How many records, over all chunks. */
  readonly recordCount: number;
  /** An estimate of the memory they hold, in bytes: exact for strings and bytes, sampled for objects. */
  readonly sizeBytes: number;
}

/** A run of records inside a block. */
export interface RecordChunk {
  readonly records: readonly unknown[];
  readonly length: number;
}

/**
 * Lines of text as the bytes in which they came, one `\n` after each line. They are decoded when a job reads them,
 * and not before: a line that nobody reads is never decoded.
 */
export interface TextBlock {
  readonly kind: 'text';
  readonly chunks: readonly Uint8Array[];
  /** How many lines. */
  readonly recordCount: number;
  readonly sizeBytes: number;
}

/** Records that the receiver had already encoded with the engine's codec. */
export interface EncodedBlock {
  readonly kind: 'encoded';
  readonly bytes: Uint8Array;
  readonly recordCount: number;
  readonly sizeBytes: number;
}

/** A block's content. */
export type Block = RecordsBlock | TextBlock | EncodedBlock;

/**
 * What a handler declares about a block it has stored: `memory` is gone with the process, `process` survives the
 * death of the process, `machine` survives the loss of power.
 */
export type Durability = 'memory' | 'process' | 'machine';

/** Where a write-ahead log keeps something. Serialisable; opaque to everyone but the log that made it. */
export interface LogHandle {
  readonly segment: string;
  readonly offset: number;
  readonly length: number;
}

/** The outcome of storing a block: what a task needs to find it again. */
export interface StoredBlock {
  readonly blockId: BlockId;
  readonly recordCount: number;
  readonly sizeBytes: number;
  readonly durability: Durability;
  /** Present when the block can be read back from a log. */
  readonly handle?: LogHandle;
}

/**
 * A part of a source that can be read again: everything right behind the position `from`, up to and including the
 * record at the position `to`. Of the ranges of a stream, each begins where the one before it ends. Serialisable.
 */
export interface SourceRange {
  /** Absent: from the beginning of the source. */
  readonly from?: unknown;
  readonly to: unknown;
}

/** A stored block as the driver knows it: one entry of a batch's input. Serialisable. */
export interface ReceivedBlockInfo extends StoredBlock {
  readonly streamId: StreamId;
  /** The executor whose block store holds it, or held it when it was registered. */
  readonly executorId: ExecutorId;
  /** Whatever the receiver said about the block, for instance offsets. Serialisable. */
  readonly metadata?: unknown;
  /** Present when its source can give the same records again: then the block is not lost with its last copy. */
  readonly range?: SourceRange;
}
