// The block that is being filled: what was stored since the last cut and is accounted for. Its records are in chunks;
// the chunk that is being filled is apart, until it is full or the block is cut.
import type { Block, RecordChunk } from '@millrace/core';
import { knownBytes } from './record-size.ts';
import { LineBuffer } from './line-buffer.ts';

/** Records in a chunk. Preallocated, so that appending never grows an array. */
export const CHUNK_RECORDS = 4_096;

/** A chunk of which less than this share is used is copied when it is cut: a block must not hold unused memory. */
const COPIED_BELOW = CHUNK_RECORDS / 2;

/**
 * The chunk that is being filled. Its fields are plain, unlike elsewhere: this is the state of the hot path, and a
 * write to a private field is slow for as long as V8 has not optimised the caller to the last.
 */
export class FillingChunk {
  /** Preallocated for values of any kind. */
  records = newRecords();
  /** How many of them are set: where the next record goes. */
  length = 0;
  /** The place at which the next record must not be appended without looking at bounds and sizes. */
  boundary = 0;
  /** Records up to here are counted in the open block. */
  counted = 0;
  /** Bytes of the strings among those that are not, added up: the hot path alone sees each record. */
  textBytes = 0;
  /** Bytes that their receiver gave for the other ones, added up. */
  givenBytes = 0;
  /** Bytes of both kinds at which the sizes are looked at before `boundary`. */
  knownUntil = 0;

  /** Counts the bytes that a receiver gave for the record that was appended last; text counts for its length at least. */
  addGiven(record: unknown, sizeBytes: number): void {
    const given = knownBytes(sizeBytes);
    if (typeof record === 'string') this.textBytes += Math.max(0, given - record.length);
    else this.givenBytes += given;
  }

  /**
   * Takes the records out, all of them counted, and is empty again.
   *
   * @returns them in an array of their own, or in one that may be longer than they are.
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
    // What was taken must not be kept alive here.
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
  // Without this V8 takes it for an array of small integers and rebuilds it when the first other value comes.
  records[0] = null;
  return records;
}

/** What the generator collects until it cuts. */
export class OpenBlock {
  #kind: 'records' | 'text' = 'records';
  #recordChunks: RecordChunk[] = [];
  readonly #text = new LineBuffer();
  #recordCount = 0;
  #sizeBytes = 0;

  /** What it holds; an empty one takes either. */
  get kind(): 'records' | 'text' {
    return this.#kind;
  }

  /** Records that are accounted for. */
  get recordCount(): number {
    return this.#recordCount;
  }

  /** Their size in bytes. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Accounts for records in the chunk that is being filled. */
  count(records: number, bytes: number): void {
    this.#recordCount += records;
    this.#sizeBytes += bytes;
  }

  /** Takes over a chunk whose records are accounted for. */
  addChunk(records: readonly unknown[], length: number): void {
    this.#recordChunks.push({ records, length });
  }

  /** Adds lines as bytes, and accounts for them. */
  addText(lines: Uint8Array, lineCount: number): void {
    this.#kind = 'text';
    this.#text.add(lines);
    this.count(lineCount, lines.byteLength);
  }

  /** Hands over everything as a block, and is empty again. */
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
