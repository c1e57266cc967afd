import { describe, expect, it } from 'vitest';
import type { Block } from '../contracts/block.ts';
import { isMillraceError } from '../errors/millrace-error.ts';
import { MemoryBlockStore } from './memory-block-store.ts';

function blockOf(sizeBytes: number): Block {
  return { kind: 'encoded', bytes: new Uint8Array(sizeBytes), recordCount: 1, sizeBytes };
}

/** The error of a rejected promise. */
function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('MemoryBlockStore', () => {
  it('returns stored blocks', async () => {
    const store = new MemoryBlockStore();
    const block = blockOf(10);
    await store.put('a', block);
    expect(await store.get('a')).toBe(block);
    expect(store.has('a')).toBe(true);
    expect(store.usage()).toEqual({ blocks: 1, bytes: 10, maxBytes: 512 * 1024 * 1024 });
  });

  it('ignores removed and unknown ids', async () => {
    const store = new MemoryBlockStore();
    await store.put('a', blockOf(10));
    await store.put('b', blockOf(10), { evictable: true });
    await store.remove(['a', 'b', 'c', 'a']);
    expect(await store.get('a')).toBeUndefined();
    expect(store.usage()).toMatchObject({ blocks: 0, bytes: 0 });
  });

  it('refuses a second block of the same id', async () => {
    const store = new MemoryBlockStore();
    await store.put('a', blockOf(10));
    const error = await rejection(store.put('a', blockOf(1)));
    expect(isMillraceError(error, 'MR_BLOCK_DUPLICATE')).toBe(true);
    expect(store.usage().bytes).toBe(10);
  });

  it('refuses blocks beyond its bound and keeps its blocks (BLK-2)', async () => {
    const store = new MemoryBlockStore({ maxBytes: 100 });
    await store.put('a', blockOf(60));
    const error = await rejection(store.put('b', blockOf(41)));
    expect(isMillraceError(error, 'MR_BLOCK_STORE_FULL') && error.disposition).toBe('back-off');
    expect(store.has('a')).toBe(true);
    await store.put('b', blockOf(40));
  });

  it('has room again once blocks are removed', async () => {
    const store = new MemoryBlockStore({ maxBytes: 100 });
    await store.put('a', blockOf(100));
    await rejection(store.put('b', blockOf(50)));
    await store.remove(['a']);
    await store.put('b', blockOf(50));
    expect(store.usage()).toMatchObject({ blocks: 1, bytes: 50 });
  });

  it('evicts the oldest evictable blocks, and no more than needed', async () => {
    const store = new MemoryBlockStore({ maxBytes: 100 });
    await store.put('kept', blockOf(10));
    for (const id of ['first', 'second', 'third']) await store.put(id, blockOf(30), { evictable: true });
    await store.put('new', blockOf(50));
    expect(['kept', 'first', 'second', 'third', 'new'].filter((id) => store.has(id))).toEqual([
      'kept',
      'third',
      'new',
    ]);
    expect(store.usage().bytes).toBe(90);
  });

  it('evicts nothing when that would not make room', async () => {
    const store = new MemoryBlockStore({ maxBytes: 100 });
    await store.put('kept', blockOf(60));
    await store.put('evictable', blockOf(40), { evictable: true });
    await rejection(store.put('new', blockOf(50)));
    expect(store.has('evictable')).toBe(true);
  });

  it('accepts an evicted block again', async () => {
    const store = new MemoryBlockStore({ maxBytes: 100 });
    await store.put('a', blockOf(60), { evictable: true });
    await store.put('b', blockOf(60), { evictable: true });
    await store.put('a', blockOf(60), { evictable: true });
    expect([store.has('a'), store.has('b')]).toEqual([true, false]);
  });

  it('counts evicted and removed blocks as no longer evictable', async () => {
    const store = new MemoryBlockStore({ maxBytes: 100 });
    for (let round = 0; round < 3; round += 1) {
      await store.put('evicted', blockOf(60), { evictable: true });
      await store.put('removed', blockOf(60), { evictable: true });
      await store.remove(['removed']);
    }
    await store.put('kept', blockOf(100));
    expect(isMillraceError(await rejection(store.put('new', blockOf(1))), 'MR_BLOCK_STORE_FULL')).toBe(true);
    expect(store.usage()).toMatchObject({ blocks: 1, bytes: 100 });
  });

  it('requires a bound above 0', () => {
    expect(() => new MemoryBlockStore({ maxBytes: 0 })).toThrow(TypeError);
  });
});
