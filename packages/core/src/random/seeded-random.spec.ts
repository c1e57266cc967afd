import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SeededRandom } from './seeded-random.ts';

function draws(seed: number | string, count: number): number[] {
  const random = new SeededRandom(seed);
  return Array.from({ length: count }, () => random.next());
}

describe('SeededRandom', () => {
  it('draws the same for the same seed, on every machine', () => {
    expect(draws('a seed', 3)).toEqual(draws('a seed', 3));
    expect(new SeededRandom(42).id(24)).toBe('cawg9mr4dqnozkkcn7ze207j');
  });

  it('draws differently for other seeds, and for a number and its text', () => {
    const first = [1, '1', 2, '', 'a', 'b'].map((seed) => draws(seed, 1)[0]);
    expect(new Set(first).size).toBe(first.length);
  });

  it('draws numbers from 0 to below 1, evenly', () => {
    const counts = Array.from({ length: 10 }, () => 0);
    for (const number of draws('even', 20_000)) {
      const bucket = Math.floor(number * 10);
      counts[bucket] = (counts[bucket] ?? NaN) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 2_000)).toBeLessThan(200);
  });

  it('draws whole numbers below any bound', () => {
    const random = new SeededRandom('bounds');
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 32 }), (bound) => {
        const drawn = random.integer(bound);
        return Number.isInteger(drawn) && drawn >= 0 && drawn < bound;
      }),
    );
  });

  it('refuses invalid bounds', () => {
    const random = new SeededRandom(1);
    for (const bound of [0, -1, 1.5, NaN, 2 ** 32 + 1])
      expect(() => random.integer(bound)).toThrow(TypeError);
  });

  it('makes ids of the requested length', () => {
    const random = new SeededRandom(1);
    expect(random.id(0)).toBe('');
    expect(random.id(12)).toMatch(/^[0-9a-z]{12}$/);
  });
});
