// What the contenders of the suite `store` have in common: the same records, in the same bursts, and a turn of the
// event loop after each burst, as a source has between two reads. Each workload writes out its loops one by one: V8
// optimises a function for what it has seen in it, and a loop that all shared would be measured at its worst.
import type { BlockGenerator } from '@millrace/engine/internals';
import type { Subject } from 'rxjs';
import type { BareChunks } from './bare-chunks.ts';

/** Records between two turns of the event loop: what a read of a megabyte or two brings. */
export const BURST_RECORDS = 16_384;

/** Records of one call of a case. */
export const CALL_RECORDS = 16 * BURST_RECORDS;

/** One kind of record, and how each contender takes the records numbered from `from` up to `to`. */
export interface StoreWorkload {
  readonly name: string;
  /** Stores until told to wait. Answers how far it came. */
  storeBurst(generator: BlockGenerator, from: number, to: number): number;
  appendBurst(bare: BareChunks, from: number, to: number): void;
  nextBurst(subject: Subject<unknown>, from: number, to: number): void;
}

/** Lets everything else have its turn. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
