import { SeededRandom } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { KeyChooser } from './key-chooser.ts';

function countsOf(keys: number, skew: number): number[] {
  const chooser = new KeyChooser({ keys, skew }, new SeededRandom(7));
  const counts: number[] = Array.from({ length: keys }, () => 0);
  for (let drawn = 0; drawn < 20_000; drawn += 1) counts[chooser.next()]! += 1;
  return counts;
}

describe('KeyChooser', () => {
  it('draws all keys equally often without skew', () => {
    const counts = countsOf(10, 0);
    for (const count of counts) expect(Math.abs(count - 2_000)).toBeLessThan(200);
  });

  it('draws the first key most often with skew, and every key sometimes', () => {
    const counts = countsOf(10, 1);
    expect((counts[0] ?? 0) / (counts[1] ?? 1)).toBeCloseTo(2, 0);
    expect(counts.every((count) => count > 0)).toBe(true);
  });
});
