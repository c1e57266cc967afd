import { MemoryCheckpointStore, MsgpackCodec } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { StoredParts } from './checkpoint-parts.ts';

function partsOver(store: MemoryCheckpointStore): StoredParts {
  return new StoredParts({ store, codec: new MsgpackCodec(), keep: 2 });
}

describe('parts of checkpoints', () => {
  it('have numbers of their own, also the first parts of operators that write at the same time (STA-1)', async () => {
    const parts = partsOver(new MemoryCheckpointStore());
    const numbers = await Promise.all([1, 2, 3].map((content) => parts.write(Uint8Array.of(content))));
    expect(numbers).toEqual([1, 2, 3]);
    expect(await Promise.all(numbers.map((part) => parts.read(part)))).toEqual([1, 2, 3].map((n) => Uint8Array.of(n))); // prettier-ignore
  });

  it('are numbered after the parts of earlier drivers', async () => {
    const store = new MemoryCheckpointStore();
    await store.writePart(7, Uint8Array.of(0));
    expect(await partsOver(store).write(Uint8Array.of(1))).toBe(8);
  });

  it('of an earlier driver stay until this driver has written as many checkpoints as are kept', async () => {
    const store = new MemoryCheckpointStore();
    await store.writePart(1, Uint8Array.of(1));
    await store.write(1_000, Uint8Array.of(0));
    const parts = partsOver(store);
    const checkpoint = async (batchTime: number, part: number) => {
      await store.write(batchTime, Uint8Array.of(0));
      parts.note(batchTime, [part]);
      await store.prune(2);
      await parts.removeUnneeded();
      return store.listParts();
    };
    expect(await checkpoint(2_000, await parts.write(Uint8Array.of(2)))).toEqual([1, 2]);
    expect(await checkpoint(3_000, await parts.write(Uint8Array.of(3)))).toEqual([2, 3]);
    expect(await checkpoint(4_000, 3)).toEqual([3]);
  });

  it('of a checkpoint whose write failed behind the file are known, and those of the file before as well', async () => {
    const store = new MemoryCheckpointStore();
    const parts = partsOver(store);
    const [old, other] = await Promise.all([1, 2].map((content) => parts.write(Uint8Array.of(content))));
    await parts.noteTry(1_000, [old as number]);
    await store.write(1_000, Uint8Array.of(0));
    // Fails, and may have replaced the file of the same time.
    await parts.noteTry(1_000, [other as number]);
    await parts.removeUnneeded();
    expect(await store.listParts()).toEqual([1, 2]);
    // Fails without a file.
    await parts.noteTry(2_000, [await parts.write(Uint8Array.of(3))]);
    await parts.removeUnneeded();
    expect(await store.listParts()).toEqual([1, 2]);
    parts.note(1_000, [other as number]);
    await parts.removeUnneeded();
    expect(await store.listParts()).toEqual([2]);
  });

  it('of an earlier driver stay when the write of a checkpoint of the same time fails before the file', async () => {
    const store = new MemoryCheckpointStore();
    await store.writePart(1, Uint8Array.of(1));
    await store.write(1_000, Uint8Array.of(0));
    const parts = partsOver(store);
    const complete = async (batchTime: number, part: number): Promise<readonly number[]> => {
      await parts.noteTry(batchTime, [part]);
      await store.write(batchTime, Uint8Array.of(0));
      parts.note(batchTime, [part]);
      await store.prune(2);
      await parts.removeUnneeded();
      return store.listParts();
    };
    await parts.noteTry(1_000, [await parts.write(Uint8Array.of(2))]);
    expect(await complete(2_000, await parts.write(Uint8Array.of(3)))).toEqual([1, 2, 3]);
    expect(await complete(3_000, 3)).toEqual([3]);
  });

  it('of an earlier driver are removed when a checkpoint of the same time has replaced theirs', async () => {
    const store = new MemoryCheckpointStore();
    await store.writePart(1, Uint8Array.of(1));
    await store.write(1_000, Uint8Array.of(0));
    const parts = partsOver(store);
    const part = await parts.write(Uint8Array.of(2));
    await parts.noteTry(1_000, [part]);
    await store.write(1_000, Uint8Array.of(0));
    parts.note(1_000, [part]);
    await parts.removeUnneeded();
    expect(await store.listParts()).toEqual([2]);
  });

  it('lists the store again after a listing that failed', async () => {
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
