import { describe, expect, it } from 'vitest';
import { bytesOf, recordBytes } from './record-size.ts';

describe('recordBytes', () => {
  it.each([
    ['a string by its length', 'abc', 3],
    ['bytes by their length', new Uint8Array(5), 5],
    ['a number', 3.5, 8],
    ['null', null, 8],
    ['an object by its entries', { a: 1, b: 'xy' }, 16 + 8 + 8 + 2],
    ['an array by its entries', [1, 'xy'], 16 + 8 + 8 + 2],
    ['what is nested', { a: { b: 'xy' } }, 16 + 8 + 16 + 8 + 2],
  ])('counts %s', (_what, record, bytes) => {
    expect(recordBytes(record)).toBe(bytes);
  });

  it('extrapolates what is long', () => {
    expect(recordBytes(Array.from({ length: 10_000 }, () => 'x'.repeat(92)))).toBe(16 + 10_000 * 100);
    expect(recordBytes(new Map([['k', 'v']]))).toBeGreaterThan(16);
  });

  it('finds what is large at the end of an array', () => {
    const late = [
      ...Array.from({ length: 1_000 }, () => ''),
      ...Array.from({ length: 1_000 }, () => 'x'.repeat(1_000)),
    ];
    expect(recordBytes(late)).toBeGreaterThan(900_000);
  });

  it('ends on records that refer to themselves, and on getters that throw', () => {
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    expect(recordBytes(circular)).toBeLessThan(200);
    const trap = Object.defineProperty({}, 'x', {
      enumerable: true,
      get: () => {
        throw new Error('no');
      },
    });
    expect(recordBytes(trap)).toBe(16);
  });
});

describe('bytesOf', () => {
  it('adds up a block of any kinds', () => {
    expect(bytesOf(['abc', new Uint8Array(10), { a: 1 }])).toBe(3 + 10 + 24);
    expect(bytesOf(Array.from({ length: 10_000 }, () => ({ a: 1 })))).toBe(240_000);
    expect(bytesOf([])).toBe(0);
  });
});
