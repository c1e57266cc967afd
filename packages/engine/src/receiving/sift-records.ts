// Records that the codec does not accept are left out singly before their block is stored, so that the block and the
// source go on. The engine's place and log decide on encoding, but the left-out records are the same in all cases.
import type { Block, Codec, RecordRefusal } from '@millrace/core';
import { type DeadRecord, type LeftOutRecords, recordText, refusalsOf } from '@millrace/core/engine';
import { deadRecord } from '../record-errors/dead-record.ts';
import { receivingError } from './receiving-errors.ts';
import { recordBytes } from './record-size.ts';

/** A block without the records that the codec does not accept. */
export interface SiftedBlock {
  /** The given block when no record was left out. May be empty. */
  readonly block: Block;
  /** Undefined when no record was left out. */
  readonly leftOut: LeftOutRecords | undefined;
  /** The left-out records as dead letters, if they were asked for; absent: none. */
  readonly letters?: readonly DeadRecord[];
}

/**
 * Sifts a block. Lines of text and encoded records are always accepted. `keepsLetters`: true when left-out records become
 * dead letters. Default false.
 */
export function siftBlock(
  block: Block,
  codec: Codec,
  { keepsLetters = false }: { readonly keepsLetters?: boolean } = {},
): SiftedBlock {
  if (block.kind !== 'records') return { block, leftOut: undefined };
  const leftOut = new LeftOutCount(keepsLetters ? codec : undefined);
  const chunks = block.chunks.map((chunk) => {
    const records = siftRecords(chunk.records, { codec, count: chunk.length, leftOut });
    return records === undefined ? chunk : { records, length: records.length };
  });
  if (leftOut.first === undefined) return { block, leftOut: undefined };
  const recordCount = block.recordCount - leftOut.recordCount;
  const sizeBytes = Math.max(0, block.sizeBytes - leftOut.bytes);
  const sifted = { kind: 'records', chunks, recordCount, sizeBytes } as const;
  const { letters } = leftOut;
  return { block: sifted, leftOut: leftOut.report(), ...(letters.length === 0 ? {} : { letters }) };
}

/**
 * The records among the first `count` that the codec accepts; refused records are added to `leftOut`; undefined when
 * the codec accepts all.
 */
export function siftRecords<T>(
  records: readonly T[],
  {
    codec,
    count = records.length,
    leftOut,
  }: { readonly codec: Codec; readonly count?: number; readonly leftOut: LeftOutCount },
): T[] | undefined {
  const refusals = refusalsOf(codec, records, count);
  if (refusals.length === 0) return undefined;
  const refused = new Set(refusals.map(({ index }) => index));
  for (const refusal of refusals) leftOut.add(refusal, records[refusal.index]);
  return records.slice(0, count).filter((_, index) => !refused.has(index));
}

/** The most letters of one block, or of the queue entries of a batch; further records are only counted (`ERR-2`). */
const LETTERS_MAX = 10_000;
/**
 * The most bytes of these letters together, as estimated. The letters are part of the registration of their block, which is one entry
 * of the log of decisions, and a log on servers refuses an entry above one megabyte.
 */
const LETTERS_BYTES_MAX = 524_288;
/** The bytes of a letter beside its texts: names, codes and their lengths. */
const LETTER_FRAME_BYTES = 256;
/** The most characters of a record in a letter that is logged with its block; a longer record is kept in words. */
const LETTER_CHARACTERS_MAX = 65_536;

/** Counts left-out records, and keeps the first one as text. With a codec, all of them are kept as dead letters. */
export class LeftOutCount {
  readonly letters: DeadRecord[] = [];
  readonly #codec: Codec | undefined;
  #letterBytes = 0;
  recordCount = 0;
  /** As estimated. */
  bytes = 0;
  first: { readonly reason: string; readonly record: string } | undefined;

  constructor(codec?: Codec) {
    this.#codec = codec;
  }

  add({ path, found }: RecordRefusal, record: unknown): void {
    this.recordCount += 1;
    this.bytes += recordBytes(record);
    const reason = `${path} is ${found}`;
    this.first ??= { reason, record: recordText(record) };
    if (this.#codec === undefined || this.letters.length >= LETTERS_MAX) return;
    if (this.#letterBytes >= LETTERS_BYTES_MAX) return;
    const letter = letterOf(record, reason, this.#codec);
    this.#letterBytes += bytesOf(letter);
    if (this.#letterBytes <= LETTERS_BYTES_MAX) this.letters.push(letter);
  }

  /** The report to the driver; undefined when no record was left out. */
  report(): LeftOutRecords | undefined {
    if (this.first === undefined) return undefined;
    const lost = this.#codec === undefined ? 0 : this.recordCount - this.letters.length;
    const report = { recordCount: this.recordCount, ...this.first };
    return lost === 0 ? report : { ...report, lostLetters: lost };
  }
}

/** The reason is also the message of the error. */
function bytesOf({ record, reason }: DeadRecord): number {
  return Buffer.byteLength(record) + 2 * Buffer.byteLength(reason) + LETTER_FRAME_BYTES;
}

function letterOf(record: unknown, reason: string, codec: Codec): DeadRecord {
  const error = receivingError('MR_RECEIVER_RECORD_UNSUPPORTED', `no block can hold the record: ${reason}`);
  // Records are left out inside the engine: the stack names no line of the program.
  delete error.stack;
  const letter = deadRecord(record, error, codec);
  if (letter.record.length <= LETTER_CHARACTERS_MAX) return letter;
  return { ...letter, record: recordText(record), recordForm: 'text' };
}
