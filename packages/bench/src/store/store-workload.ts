// The common part of the contenders of the suite `store`: the same records, in the same bursts, with a turn of the
// event loop after each burst, like a source between two reads. Each workload writes out its loops one by one: V8
// optimises a function for the types seen in it, so a shared loop would be measured at its slowest.
import type { BlockGenerator } from '@millrace/engine/internals';
import type { Subject } from 'rxjs';
import type { BareChunks } from './bare-chunks.ts';

/** Records between two turns of the event loop: the content of a read of one or two megabytes. */
export const BURST_RECORDS = 16_384;

/** Records of one call of a case. */
export const CALL_RECORDS = 16 * BURST_RECORDS;

/** One kind of record, and the way each contender takes the records numbered from `from` up to `to`. */
export interface StoreWorkload {
  readonly name: string;
  /** Stores until back-pressure. Returns the number of the next record. */
  storeBurst(generator: BlockGenerator, from: number, to: number): number;
  appendBurst(bare: BareChunks, from: number, to: number): void;
  nextBurst(subject: Subject<unknown>, from: number, to: number): void;
}

/** Waits one turn of the event loop, so that all other work proceeds. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
