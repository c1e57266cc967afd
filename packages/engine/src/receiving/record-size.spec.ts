import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sizeOfRecords, knownBytes, recordBytes } from './record-size.ts';

const nested = (levels: number, inside: unknown): unknown =>
  Array.from({ length: levels }).reduce((value) => [value], inside);

describe('recordBytes', () => {
  it.each([
    ['a string by its length', 'abc', 3],
    ['bytes by their length', new Uint8Array(5), 5],
    ['a number', 3.5, 8],
    ['null', null, 8],
    ['an object by its entries', { a: 1, b: 'xy' }, 16 + 8 + 8 + 2],
    ['an array by its entries', [1, 'xy'], 16 + 8 + 8 + 2],
    ['nested objects', { a: { b: 'xy' } }, 16 + 8 + 16 + 8 + 2],
  ])('counts %s', (_what, record, bytes) => {
    expect(recordBytes(record)).toBe(bytes);
  });

  it('extrapolates long values', () => {
    expect(recordBytes(Array.from({ length: 10_000 }, () => 'x'.repeat(92)))).toBe(16 + 10_000 * 100);
    expect(recordBytes(new Map([['k', 'v']]))).toBeGreaterThan(16);
  });

  it('finds a large entry at the end of an array', () => {
    const late = [
      ...Array.from({ length: 1_000 }, () => ''),
      ...Array.from({ length: 1_000 }, () => 'x'.repeat(1_000)),
    ];
    expect(recordBytes(late)).toBeGreaterThan(900_000);
  });

  it('ends on records that refer to themselves, and on getters that throw', () => {
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    expect(recordBytes(circular)).toBeLessThan(101 * 24 + 200);
    const trap = Object.defineProperty({}, 'x', {
      enumerable: true,
      get: () => {
        throw new Error('no');
      },
    });
    expect(recordBytes(trap)).toBe(16);
  });
});

describe('recordBytes of shapes that a sender chooses', () => {
  const numbers = Array.from({ length: 100_000 }, (_, index) => index);

  it.each([4, 5, 6, 20, 99])('counts numbers that are %i levels deep', (levels) => {
    expect(recordBytes(nested(levels, numbers))).toBeGreaterThanOrEqual(16 + 8 * numbers.length);
  });

  it('counts a shape like an export of metrics: resources, scopes, metrics, points, values', () => {
    const point = (index: number) => ({
      attributes: [{ key: 'host', value: { text: 'x'.repeat(40) } }],
      index,
    });
    const points = Array.from({ length: 200 }, (_, index) => point(index));
    const metrics = Array.from({ length: 20 }, (_, index) => ({
      name: `metric-${index}`,
      gauge: { points },
    }));
    const record = { resources: [{ scopes: [{ metrics }] }] };
    expect(recordBytes(record)).toBeGreaterThan(JSON.stringify(record).length);
    expect(recordBytes(record)).toBeLessThan(4 * JSON.stringify(record).length);
  });

  it('counts keys that are content', () => {
    expect(recordBytes({ ['k'.repeat(1_016)]: 1 })).toBe(16 + 8 + 1_000);
    const keys = Object.fromEntries(numbers.map((index) => [`${'k'.repeat(16)}${index}`.padEnd(66, '-'), 1]));
    expect(recordBytes(keys)).toBe(16 + numbers.length * (8 + 50));
  });

  it('counts a large bigint', () => {
    expect(recordBytes(2n ** 80_000n)).toBeGreaterThan(10_000);
  });

  it('visits a bounded number of places in any shape', () => {
    let looked = 0;
    const leaf = () => ({
      get field() {
        looked += 1;
        return 1;
      },
    });
    const wide = Array.from({ length: 50 }, () =>
      Array.from({ length: 50 }, () => Array.from({ length: 50 }, leaf)),
    );
    expect(recordBytes(wide)).toBeGreaterThan(125_000 * 24);
    expect(looked).toBeLessThan(10_000);
  });

  it('counts at least a sixteenth of the JSON of any value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 12 }), fc.integer(), (value, turn) => {
        expect(recordBytes(value, turn)).toBeGreaterThanOrEqual(
          Math.floor(JSON.stringify(value).length / 16),
        );
      }),
    );
  });

  it('counts at least a sixteenth of the JSON of large values at any depth', () => {
    const large = fc.record({
      inside: fc.jsonValue({ maxDepth: 2 }),
      levels: fc.integer({ min: 0, max: 80 }),
      copies: fc.integer({ min: 1, max: 5_000 }),
      turn: fc.integer(),
    });
    fc.assert(
      fc.property(large, ({ inside, levels, copies, turn }) => {
        const value = nested(
          levels,
          Array.from({ length: copies }, () => inside),
        );
        expect(recordBytes(value, turn)).toBeGreaterThanOrEqual(
          Math.floor(JSON.stringify(value).length / 16),
        );
      }),
      { numRuns: 50 },
    );
  });
});

describe('knownBytes', () => {
  it.each([undefined, Number.NaN, -1, 0, Number.POSITIVE_INFINITY])('treats %s as 0', (given) => {
    expect(knownBytes(given)).toBe(0);
  });

  it('returns a number above 0 unchanged', () => {
    expect(knownBytes(12)).toBe(12);
  });
});

describe('bytesOf', () => {
  it('adds up a block of mixed kinds', () => {
    expect(sizeOfRecords(['abc', new Uint8Array(10), { a: 1 }])).toBe(3 + 10 + 24);
    expect(sizeOfRecords(Array.from({ length: 10_000 }, () => ({ a: 1 })))).toBe(240_000);
    expect(sizeOfRecords([])).toBe(0);
  });
});
