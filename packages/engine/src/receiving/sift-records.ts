// Records that the codec does not accept are left out singly before their block is stored, so that the block and the
// source go on. The engine's place and log decide on encoding, but the left-out records are the same in all cases.
import type { Block, Codec, RecordRefusal } from '@millrace/core';
import { type LeftOutRecords, recordText, refusalsOf } from '@millrace/core/engine';
import { recordBytes } from './record-size.ts';

/** A block without the records that the codec does not accept. */
export interface SiftedBlock {
  /** The given block when no record was left out. May be empty. */
  readonly block: Block;
  /** Undefined when no record was left out. */
  readonly leftOut: LeftOutRecords | undefined;
}

/** Sifts a block. Lines of text and encoded records are always accepted. */
export function siftBlock(block: Block, codec: Codec): SiftedBlock {
  if (block.kind !== 'records') return { block, leftOut: undefined };
  const leftOut = new LeftOutCount();
  const chunks = block.chunks.map((chunk) => {
    const records = siftRecords(chunk.records, { codec, count: chunk.length, leftOut });
    return records === undefined ? chunk : { records, length: records.length };
  });
  if (leftOut.first === undefined) return { block, leftOut: undefined };
  const recordCount = block.recordCount - leftOut.recordCount;
  const sizeBytes = Math.max(0, block.sizeBytes - leftOut.bytes);
  return { block: { kind: 'records', chunks, recordCount, sizeBytes }, leftOut: leftOut.report() };
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

/** Counts left-out records, and keeps the first one as text. */
export class LeftOutCount {
  recordCount = 0;
  /** As estimated. */
  bytes = 0;
  first: { readonly reason: string; readonly record: string } | undefined;

  add({ path, found }: RecordRefusal, record: unknown): void {
    this.recordCount += 1;
    this.bytes += recordBytes(record);
    this.first ??= { reason: `${path} is ${found}`, record: recordText(record) };
  }

  /** The report to the driver; undefined when no record was left out. */
  report(): LeftOutRecords | undefined {
    return this.first && { recordCount: this.recordCount, ...this.first };
  }
}
