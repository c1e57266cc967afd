import { describe, expect, it } from 'vitest';
import { SystemRandom } from './system-random.ts';

const random = new SystemRandom();

describe('SystemRandom', () => {
  it('draws numbers from 0 to below 1', () => {
    const drawn = Array.from({ length: 1_000 }, () => random.next());
    expect(drawn.every((number) => number >= 0 && number < 1)).toBe(true);
    expect(new Set(drawn).size).toBeGreaterThan(990);
  });

  it('draws whole numbers below a bound', () => {
    const drawn = new Set(Array.from({ length: 1_000 }, () => random.integer(3)));
    expect(drawn).toEqual(new Set([0, 1, 2]));
    expect(random.integer(1)).toBe(0);
    expect(random.integer(2 ** 32)).toBeLessThan(2 ** 32);
  });

  it('refuses invalid bounds', () => {
    for (const bound of [0, 1.5, 2 ** 33]) expect(() => random.integer(bound)).toThrow(TypeError);
  });

  it('makes ids that do not repeat', () => {
    const ids = new Set(Array.from({ length: 1_000 }, () => random.id(12)));
    expect(ids.size).toBe(1_000);
    expect([...ids].every((id) => /^[0-9a-z]{12}$/.test(id))).toBe(true);
  });
});
