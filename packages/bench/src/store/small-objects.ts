// Objects of three fields, made one by one, like the output of a parser.
import type { BlockGenerator } from '@millrace/engine/internals';
import type { Subject } from 'rxjs';
import { type BareChunks, CHUNK_RECORDS } from './bare-chunks.ts';
import type { StoreWorkload } from './store-workload.ts';

/** Small objects. */
export const smallObjects: StoreWorkload = {
  name: 'small objects',

  storeBurst(generator: BlockGenerator, from: number, to: number): number {
    for (let id = from; id < to; id += 1) {
      if (!generator.store({ id, kind: id & 15, name: 'sensor' })) return id + 1;
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
      chunk[index] = { id, kind: id & 15, name: 'sensor' };
      index += 1;
    }
    bare.chunk = chunk;
    bare.index = index;
  },

  nextBurst(subject: Subject<unknown>, from: number, to: number): void {
    for (let id = from; id < to; id += 1) subject.next({ id, kind: id & 15, name: 'sensor' });
  },
};
