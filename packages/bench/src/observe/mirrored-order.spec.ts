import { describe, expect, it } from 'vitest';
import { mirroredOrder } from './mirrored-order.ts';

const NAMES = ['a', 'b', 'c'];

describe('mirroredOrder', () => {
  it('is the order of the names for one of each', () => {
    expect(mirroredOrder(NAMES, 1)).toEqual(NAMES);
  });

  it.each([2, 4])('gives all names the same mean position with %i of each', (count) => {
    const order = mirroredOrder(NAMES, count);
    const sums = NAMES.map((name) =>
      order.reduce((sum, other, position) => (other === name ? sum + position : sum), 0),
    );
    expect(order).toHaveLength(count * NAMES.length);
    expect(new Set(sums).size).toBe(1);
  });
});
