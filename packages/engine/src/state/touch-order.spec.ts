import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TouchOrder } from './touch-order.ts';

describe('slots in the order of touch', () => {
  it('stand as in a plain list, whatever was touched and taken out', () => {
    const steps = fc.array(fc.record({ slot: fc.nat(200), isRemoved: fc.boolean() }), { maxLength: 400 });
    fc.assert(
      fc.property(steps, (list) => {
        const order = new TouchOrder();
        let plain: number[] = [];
        for (const { slot, isRemoved } of list) {
          const isIn = plain.includes(slot);
          plain = plain.filter((other) => other !== slot);
          if (isRemoved) {
            if (isIn) order.remove(slot);
            continue;
          }
          if (isIn) order.moveToEnd(slot);
          else order.append(slot);
          plain.push(slot);
        }
        expect([...order.oldestFirst()]).toEqual(plain);
      }),
    );
  });

  it('are none after clear', () => {
    const order = new TouchOrder();
    for (const slot of [5, 3, 100_000]) order.append(slot);
    order.clear();
    expect([...order.oldestFirst()]).toEqual([]);
    order.append(3);
    expect([...order.oldestFirst()]).toEqual([3]);
  });
});
