import { describe, expect, it } from 'vitest';
import type { StateChange } from './state-change.ts';
import { StateStore } from './state-store.ts';

/** Makes a version by applying `work` to the previous state. */
const advance = (
  store: StateStore<string, number>,
  time: number,
  work: (change: StateChange<string, number>) => void,
) => store.advance(time, async (change) => work(change));

const at = (store: StateStore<string, number>, time: number) =>
  Object.fromEntries([...store.entriesAt(time)].map(([key, { value }]) => [key, value]));

/** Keys `a` and `b`, touched by the batches 1 and 2. */
async function storeOfTwo() {
  const store = new StateStore<string, number>(0);
  await advance(store, 1, (change) => change.set('a', 1));
  await advance(store, 2, (change) => change.set('b', 2));
  return store;
}

describe('StateStore', () => {
  it('reads every remembered version unchanged by later batches', async () => {
    const store = await storeOfTwo();
    await advance(store, 3, (change) => {
      change.delete('a');
      change.set('c', 3);
      change.set('b', 4);
    });
    expect([1, 2, 3].map((time) => at(store, time))).toEqual([{ a: 1 }, { a: 1, b: 2 }, { b: 4, c: 3 }]);
    expect([1, 2, 3].map((time) => store.sizeAt(time))).toEqual([1, 2, 2]);
  });

  it('is unchanged after a failed batch, also in the order of touch', async () => {
    const store = await storeOfTwo();
    const failing = advance(store, 3, (change) => {
      change.set('a', 9);
      change.set('c', 9);
      change.delete('b');
      throw new Error('broken');
    });
    await expect(failing).rejects.toThrow('broken');
    expect(at(store, 2)).toEqual({ a: 1, b: 2 });
    await advance(store, 3, (change) => {
      expect(change.idleSince(2)).toEqual(['a']);
      expect(change.idleSince(3)).toEqual(['a', 'b']);
    });
  });

  it('gives no key the slot of a key that the same batch has removed', async () => {
    const store = await storeOfTwo();
    await advance(store, 3, (change) => {
      const walk = change.walk([
        ['a', 0],
        ['a', 0],
      ]);
      walk.moveTo(0);
      change.delete('a');
      change.set('c', 3);
      // The walk has looked the key up before the removal.
      walk.moveTo(1);
      expect(walk.value).toBeUndefined();
    });
    expect(at(store, 3)).toEqual({ b: 2, c: 3 });
  });

  it('reads versions from the oldest remembered one on, and refuses earlier ones', async () => {
    const store = await storeOfTwo();
    await advance(store, 3, (change) => change.set('a', 3));
    store.forgetBefore(2);
    expect(at(store, 1)).toEqual({ a: 1 });
    store.forgetBefore(3);
    expect(() => at(store, 1)).toThrow(expect.objectContaining({ code: 'MR_STATE_VERSION_FORGOTTEN' }));
    expect(at(store, 2)).toEqual({ a: 1, b: 2 });
  });
});
