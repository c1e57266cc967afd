import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StateStore } from './state-store.ts';

type Deed = 'set' | 'delete' | 'look';
type Numbers = ReadonlyMap<number, number>;

/** More records than one look-up takes together, of few keys: most keys occur again among these. */
const records = fc.array(
  fc.tuple(fc.nat(12), fc.constantFrom<Deed>('set', 'set', 'delete', 'look')),
  { maxLength: 200, size: 'max' }, // prettier-ignore
);
const batches = fc.array(fc.record({ records, fails: fc.boolean() }), { maxLength: 6 });

/** The states that the walk read and left, by a plain map. */
function plainly(before: Numbers, list: readonly (readonly [number, Deed])[]) {
  const state = new Map(before);
  const seen = list.map(([key, deed], index) => {
    const known = state.get(key);
    if (deed === 'set') state.set(key, index);
    if (deed === 'delete') state.delete(key);
    return known;
  });
  return { state, seen };
}

function valuesAt(store: StateStore<number, number>, time: number): Map<number, number> {
  return new Map([...store.entriesAt(time)].map(([key, { value }]) => [key, value]));
}

describe('a walk through the records of a batch', () => {
  it('reads and leaves the same states as a plain map, with all additions and removals on the way, and nothing when it fails', async () => {
    await fc.assert(
      fc.asyncProperty(batches, async (plan) => {
        const store = new StateStore<number, number>(0);
        const states: Numbers[] = [new Map()];
        for (const batch of plan) {
          const time = states.length;
          const { state, seen } = plainly(states.at(-1) ?? new Map(), batch.records);
          const advanced = store.advance(time, async (change) => {
            const walk = change.walk(batch.records);
            for (const [index, [key, deed]] of batch.records.entries()) {
              walk.moveTo(index);
              expect([key, walk.exists, walk.value]).toEqual([key, seen[index] !== undefined, seen[index]]);
              if (deed === 'set') walk.set(index);
              if (deed === 'delete') walk.delete();
            }
            if (batch.fails) throw new Error('fails');
          });
          await advanced.catch((error: Error) => expect(error.message).toBe('fails'));
          if (!batch.fails) states.push(state);
          for (const [at, expected] of states.entries()) {
            expect(valuesAt(store, at)).toEqual(expected);
            expect(store.sizeAt(at)).toBe(expected.size);
          }
        }
      }),
    );
  });

  it('keeps the order of touch, so that the keys longest idle are found first', async () => {
    const step = fc.record({
      keys: fc.array(fc.nat(9), { maxLength: 90, size: 'max' }),
      fails: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (plan) => {
        const store = new StateStore<number, number>(0);
        const touchedAt = new Map<number, number>();
        for (const [index, { keys, fails }] of plan.entries()) {
          const time = index + 1;
          const advanced = store.advance(time, async (change) => {
            const walk = change.walk(keys.map((key) => [key, 0] as const));
            for (const at of keys.keys()) {
              walk.moveTo(at);
              walk.set(time);
            }
            if (fails) throw new Error('fails');
          });
          await advanced.catch(() => undefined);
          if (!fails) for (const key of keys) touchedAt.set(key, time);
        }
        const end = plan.length + 1;
        await store.advance(end, async (change) => {
          for (let time = 0; time <= end; time += 1) {
            const idle = change.idleSince(time);
            const times = idle.map((key) => touchedAt.get(key) ?? end);
            expect(times).toEqual(times.toSorted((a, b) => a - b));
            expect(new Set(idle)).toEqual(new Set([...touchedAt].filter(([, at]) => at < time).map(([key]) => key))); // prettier-ignore
            expect(idle).toHaveLength(new Set(idle).size);
          }
        });
      }),
    );
  });
});
