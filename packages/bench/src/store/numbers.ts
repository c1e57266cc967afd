// Whole numbers: the lightest records, so that only appending is measured.
import type { BlockGenerator } from '@millrace/engine/internals';
import type { Subject } from 'rxjs';
import { type BareChunks, CHUNK_RECORDS } from './bare-chunks.ts';
import type { StoreWorkload } from './store-workload.ts';

/** Whole numbers. */
export const numbers: StoreWorkload = {
  name: 'numbers',

  storeBurst(generator: BlockGenerator, from: number, to: number): number {
    for (let id = from; id < to; id += 1) {
      if (!generator.store(id)) return id + 1;
    }
    return to;
  },

  appendBurst(bare: BareChunks, from: number, to: number): void {
    let { chunk, index } = bare;
    for (let id = from; id < to; id += 1) {
      if (index === CHUNK_RECORDS) {
        chunk = bare.replace(chunk);
        index = 0;
      }
      chunk[index] = id;
      index += 1;
    }
    bare.chunk = chunk;
    bare.index = index;
  },

  nextBurst(subject: Subject<unknown>, from: number, to: number): void {
    for (let id = from; id < to; id += 1) subject.next(id);
  },
};
