import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StateStore } from './state-store.ts';

const changes = fc.array(
  fc.record({ key: fc.nat(7), dueMs: fc.option(fc.integer({ min: 0, max: 30 }), { nil: undefined }) }),
  { maxLength: 8 },
);

type Store = StateStore<number, { readonly dueMs: number | undefined }>;

/** The due keys, as found by a plain scan of all keys. */
function plain(states: ReadonlyMap<number, number | undefined>, timeMs: number): number[] {
  return [...states].filter(([, dueMs]) => dueMs !== undefined && dueMs <= timeMs).map(([key]) => key).toSorted(); // prettier-ignore
}

describe('keys by due time', () => {
  it('are found after changes, undone changes and fresh starts', async () => {
    const batches = fc.array(
      fc.record({ changes, timeMs: fc.nat(30), fate: fc.constantFrom('done', 'failed', 'forked') }),
    );
    await fc.assert(
      fc.asyncProperty(batches, async (plan) => {
        let store: Store = new StateStore(0, [], ({ dueMs }) => dueMs);
        let states = new Map<number, number | undefined>();
        for (const [index, { changes: list, timeMs, fate }] of plan.entries()) {
          const after = new Map(states);
          const advanced = store.advance(index + 1, async (change) => {
            for (const { key, dueMs } of list) {
              // Due time 0 stands for a removed key.
              if (dueMs === 0) change.delete(key);
              else change.set(key, { dueMs });
              if (dueMs === 0) after.delete(key);
              else after.set(key, dueMs);
            }
            expect(change.dueUpTo(timeMs).toSorted()).toEqual(plain(after, timeMs));
            if (fate === 'failed') throw new Error('given up');
          });
          if (fate === 'failed') {
            await expect(advanced).rejects.toThrow('given up');
            continue;
          }
          await advanced;
          states = after;
          if (fate === 'forked') store = store.fork(store.time);
        }
        await store.advance(1_000, async (change) =>
          expect(change.dueUpTo(15).toSorted()).toEqual(plain(states, 15)),
        );
      }),
    );
  });
});
