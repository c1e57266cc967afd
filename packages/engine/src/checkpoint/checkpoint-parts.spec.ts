import { MemoryCheckpointStore, MsgpackCodec } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { StoredParts } from './checkpoint-parts.ts';

function partsOver(store: MemoryCheckpointStore): StoredParts {
  return new StoredParts({ store, codec: new MsgpackCodec(), keep: 2 });
}

describe('parts of checkpoints', () => {
  it('have numbers of their own, also the first ones of operators that write at the same time (STA-1)', async () => {
    const parts = partsOver(new MemoryCheckpointStore());
    const numbers = await Promise.all([1, 2, 3].map((content) => parts.write(Uint8Array.of(content))));
    expect(numbers).toEqual([1, 2, 3]);
    expect(await Promise.all(numbers.map((part) => parts.read(part)))).toEqual([1, 2, 3].map((n) => Uint8Array.of(n))); // prettier-ignore
  });

  it('are numbered behind those of earlier drivers', async () => {
    const store = new MemoryCheckpointStore();
    await store.writePart(7, Uint8Array.of(0));
    expect(await partsOver(store).write(Uint8Array.of(1))).toBe(8);
  });

  it('looks again after a look that failed', async () => {
    const store = new MemoryCheckpointStore();
    const list = store.listParts.bind(store);
    let isBroken = true;
    store.listParts = async () => {
      if (isBroken) throw new Error('no list');
      return list();
    };
    const parts = partsOver(store);
    await expect(parts.write(Uint8Array.of(1))).rejects.toThrow('no list');
    isBroken = false;
    expect(await parts.write(Uint8Array.of(1))).toBe(1);
  });
});
