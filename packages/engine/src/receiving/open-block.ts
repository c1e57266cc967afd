// The block that is being filled: the counted records since the last cut. Its records are in chunks; the chunk that is
// being filled is apart, until it is full or the block is cut.
import type { Block, RecordChunk } from '@millrace/core';
import { knownBytes } from './record-size.ts';
import { LineBuffer } from './line-buffer.ts';

/** Records in a chunk. Preallocated, so that appending never grows an array. */
export const CHUNK_RECORDS = 4_096;

/** A chunk filled below this share is copied when it is cut, because a block must not hold unused memory. */
const COPIED_BELOW = CHUNK_RECORDS / 2;

/**
 * The chunk that is being filled. Its fields are plain, unlike elsewhere: this is the state of the hot path, and a
 * write to a private field is slow until V8 has fully optimised the caller.
 */
export class FillingChunk {
  /** Preallocated for values of any kind. */
  records = newRecords();
  /** The number of set records: the place of the next record. */
  length = 0;
  /** The place at which appending the next record needs a check of bounds and sizes. */
  boundary = 0;
  /** Records up to here are counted in the open block. */
  counted = 0;
  /** Total bytes of the strings among the uncounted records: only the hot path sees each record. */
  textBytes = 0;
  /** Total bytes that the receiver gave for the other uncounted records. */
  givenBytes = 0;
  /** Bytes of both kinds at which sizes are checked before `boundary`. */
  knownUntil = 0;

  /** Counts the bytes that a receiver gave for the last appended record; text counts for its length at least. */
  addGiven(record: unknown, sizeBytes: number): void {
    const given = knownBytes(sizeBytes);
    if (typeof record === 'string') this.textBytes += Math.max(0, given - record.length);
    else this.givenBytes += given;
  }

  /**
   * Returns the records, all of them counted, and is empty again.
   *
   * @returns the records in an array of their own, or in one that may be longer.
   */
  take(): unknown[] {
    const { records, length } = this;
    this.length = 0;
    this.counted = 0;
    if (length >= COPIED_BELOW) {
      this.records = newRecords();
      return records;
    }
    const taken = records.slice(0, length);
    // The returned records must not be kept alive here.
    records.fill(null, 0, length);
    return taken;
  }
}

/** Copied for each chunk: copying memory is faster than having V8 mark each place of a new array as empty. */
const EMPTY_RECORDS: readonly unknown[] = emptyRecords();

function newRecords(): unknown[] {
  return EMPTY_RECORDS.slice();
}

function emptyRecords(): unknown[] {
  const records: unknown[] = new Array(CHUNK_RECORDS);
  // Without this V8 treats the array as one of small integers, and rebuilds it for the first other value.
  records[0] = null;
  return records;
}

/** The records that the generator collects until the next cut. */
export class OpenBlock {
  #kind: 'records' | 'text' = 'records';
  #recordChunks: RecordChunk[] = [];
  readonly #text = new LineBuffer();
  #recordCount = 0;
  #sizeBytes = 0;

  /** The kind of the content; an empty block accepts either kind. */
  get kind(): 'records' | 'text' {
    return this.#kind;
  }

  /** Counted records. */
  get recordCount(): number {
    return this.#recordCount;
  }

  /** Their size in bytes. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Counts records of the chunk that is being filled. */
  count(records: number, bytes: number): void {
    this.#recordCount += records;
    this.#sizeBytes += bytes;
  }

  /** Takes over a chunk whose records are counted. */
  addChunk(records: readonly unknown[], length: number): void {
    this.#recordChunks.push({ records, length });
  }

  /** Adds lines as bytes, and counts the lines. */
  addText(lines: Uint8Array, lineCount: number): void {
    this.#kind = 'text';
    this.#text.add(lines);
    this.count(lineCount, lines.byteLength);
  }

  /** Returns everything as a block, and is empty again. */
  seal(): Block {
    const { recordCount, sizeBytes } = this;
    const block: Block =
      this.#kind === 'text'
        ? { kind: 'text', chunks: this.#text.take(), recordCount, sizeBytes }
        : { kind: 'records', chunks: this.#recordChunks, recordCount, sizeBytes };
    this.#kind = 'records';
    this.#recordChunks = [];
    this.#recordCount = 0;
    this.#sizeBytes = 0;
    return block;
  }
}
