// The same 1,024 strings over and over: no work but appending, and each string must be fetched to determine its length.
// No real source is like this; the workload shows the maximum cost of counting exact sizes.
import type { BlockGenerator } from '@millrace/engine/internals';
import type { Subject } from 'rxjs';
import { type BareChunks, CHUNK_RECORDS } from './bare-chunks.ts';
import type { StoreWorkload } from './store-workload.ts';

const STRINGS: readonly string[] = Array.from({ length: 1_024 }, (_, id) => String(id).padEnd(100, '.'));

/** Existing strings. */
export const keptStrings: StoreWorkload = {
  name: 'strings of 100, made before',

  storeBurst(generator: BlockGenerator, from: number, to: number): number {
    for (let id = from; id < to; id += 1) {
      if (!generator.store(STRINGS[id & 1_023])) return id + 1;
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
      chunk[index] = STRINGS[id & 1_023];
      index += 1;
    }
    bare.chunk = chunk;
    bare.index = index;
  },

  nextBurst(subject: Subject<unknown>, from: number, to: number): void {
    for (let id = from; id < to; id += 1) subject.next(STRINGS[id & 1_023]);
  },
};
