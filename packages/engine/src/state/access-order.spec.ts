import { SeededRandom } from '@millrace/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AccessOrder } from './access-order.ts';

describe('slots in the order of touch', () => {
  it('keep the order of a plain list under all touches and removals', () => {
    const steps = fc.array(fc.record({ slot: fc.nat(200), isRemoved: fc.boolean() }), {
      maxLength: 400,
      size: 'max',
    });
    fc.assert(
      fc.property(steps, (list) => {
        const order = new AccessOrder();
        let plain: number[] = [];
        for (const { slot, isRemoved } of list) {
          const isIn = plain.includes(slot);
          plain = plain.filter((other) => other !== slot);
          if (isRemoved) {
            if (isIn) order.remove(slot);
            continue;
          }
          order.touch(slot);
          plain.push(slot);
        }
        expect([...order.oldestFirst()]).toEqual(plain);
      }),
    );
  });

  it('keep the order after more touches than the buffer holds', () => {
    const order = new AccessOrder();
    const plain = new Set<number>();
    const random = new SeededRandom(1);
    for (let touch = 0; touch < 5_000; touch += 1) {
      const slot = random.integer(700);
      order.touch(slot);
      plain.delete(slot);
      plain.add(slot);
    }
    expect([...order.oldestFirst()]).toEqual([...plain]);
  });

  it('are empty after clear', () => {
    const order = new AccessOrder();
    for (const slot of [5, 3, 100_000]) order.touch(slot);
    order.clear();
    expect([...order.oldestFirst()]).toEqual([]);
    order.touch(3);
    expect([...order.oldestFirst()]).toEqual([3]);
  });
});
