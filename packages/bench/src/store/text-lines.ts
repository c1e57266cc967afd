// Strings of 100 characters, cut from a larger text one by one, like the output of a line reader.
import type { BlockGenerator } from '@millrace/engine/internals';
import type { Subject } from 'rxjs';
import { type BareChunks, CHUNK_RECORDS } from './bare-chunks.ts';
import type { StoreWorkload } from './store-workload.ts';

/** A decoded read of a socket. */
const TEXT = 'The quick brown fox jumps over the lazy dog. '.repeat(100);

/** New strings. */
export const textLines: StoreWorkload = {
  name: 'strings of 100',

  storeBurst(generator: BlockGenerator, from: number, to: number): number {
    for (let id = from; id < to; id += 1) {
      if (!generator.store(TEXT.slice(id & 4_095, (id & 4_095) + 100))) return id + 1;
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
      chunk[index] = TEXT.slice(id & 4_095, (id & 4_095) + 100);
      index += 1;
    }
    bare.chunk = chunk;
    bare.index = index;
  },

  nextBurst(subject: Subject<unknown>, from: number, to: number): void {
    for (let id = from; id < to; id += 1) subject.next(TEXT.slice(id & 4_095, (id & 4_095) + 100));
  },
};
