import { describe, expect, it } from 'vitest';
import { NotedLog } from '../../test/memory-disk.ts';
import { MemoryCheckpointStore } from './memory-checkpoint-store.ts';

const bytes = (value: number) => Uint8Array.of(value);

describe('MemoryCheckpointStore', () => {
  it('returns the newest checkpoint, for any order of writing', async () => {
    const store = new MemoryCheckpointStore();
    expect(await store.newest()).toBeUndefined();
    await store.write(2_000, bytes(2));
    await store.write(1_000, bytes(1));
    expect(await store.newest()).toEqual({ batchTime: 2_000, bytes: bytes(2) });
    expect(await store.list()).toEqual([1_000, 2_000]);
  });

  it('keeps written bytes, also when the writer changes its buffer', async () => {
    const store = new MemoryCheckpointStore();
    const written = bytes(1);
    await store.write(1_000, written);
    written[0] = 9;
    expect((await store.newest())?.bytes).toEqual(bytes(1));
  });

  it('skips and reports a checkpoint that is not accepted', async () => {
    const log = new NotedLog();
    const store = new MemoryCheckpointStore({ log });
    for (const time of [1, 2, 3]) await store.write(time, bytes(time));
    expect(await store.newest((one) => one.batchTime < 2)).toEqual({ batchTime: 1, bytes: bytes(1) });
    expect(log.lines.map((line) => line.fields?.['batchTime'])).toEqual([3, 2]);
    await expect(store.newest(() => false)).rejects.toMatchObject({ code: 'MR_CHECKPOINT_UNREADABLE' });
  });

  it('keeps the newest checkpoints after pruning', async () => {
    const store = new MemoryCheckpointStore();
    for (const time of [1, 2, 3]) await store.write(time, bytes(time));
    await store.prune(2);
    expect(await store.list()).toEqual([2, 3]);
    await expect(store.prune(0)).rejects.toThrow(TypeError);
  });

  it('keeps parts until their removal, and refuses a missing part', async () => {
    const store = new MemoryCheckpointStore();
    await store.writePart(2, new Uint8Array([1]));
    expect([await store.listParts(), await store.readPart(2)]).toEqual([[2], new Uint8Array([1])]);
    await store.removePart(2);
    await expect(store.readPart(2)).rejects.toMatchObject({ code: 'MR_CHECKPOINT_PART_UNREADABLE' });
  });
});
