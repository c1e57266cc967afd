import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IndexedHeap } from './indexed-heap.ts';

function world() {
  const keys = new Map<number, number>();
  const places = new Map<number, number>();
  const heap = new IndexedHeap<number>({
    isBefore: (a, b) => (keys.get(a) ?? 0) < (keys.get(b) ?? 0),
    placeOf: (item) => places.get(item) ?? -1,
    setPlace: (item, place) => places.set(item, place),
  });
  return { keys, places, heap };
}

describe('IndexedHeap', () => {
  it('agrees with a sorted list after any additions, moves and removals', () => {
    const step = fc.record({ item: fc.nat(15), key: fc.option(fc.integer({ min: 0, max: 9 })) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.nat(9), (steps, limit) => {
        const { keys, places, heap } = world();
        const expected = new Map<number, number>();
        for (const { item, key } of steps) {
          if (key === null) {
            heap.remove(item);
            expected.delete(item);
          } else {
            keys.set(item, key);
            heap.put(item);
            expected.set(item, key);
          }
          expect(heap.size).toBe(expected.size);
          const foremost = Math.min(...expected.values());
          expect(heap.first === undefined ? Infinity : keys.get(heap.first)).toBe(foremost);
          expect([...places].filter(([, place]) => place >= 0).length).toBe(expected.size);
        }
        const wanted = [...expected].filter(([, key]) => key <= limit).map(([item]) => item);
        const found = heap.while((item) => (keys.get(item) ?? 0) <= limit);
        expect(found.toSorted((a, b) => a - b)).toEqual(wanted.toSorted((a, b) => a - b));
        const drained: number[] = [];
        for (let first = heap.first; first !== undefined; first = heap.first) {
          drained.push(keys.get(first) ?? 0);
          heap.remove(first);
        }
        expect(drained).toEqual([...expected.values()].toSorted((a, b) => a - b));
      }),
    );
  });

  it('ignores the removal of an item that is not inside', () => {
    const { heap } = world();
    heap.remove(1);
    expect([heap.size, heap.first, heap.while(() => true)]).toEqual([0, undefined, []]);
  });
});
