import { describe, expect, it } from 'vitest';
import { rowValues } from './row-values.ts';

describe('rowValues', () => {
  it('returns the fields in the order of the columns, and no other fields', () => {
    expect(rowValues({ b: 'x', a: 'y', c: 'z' }, ['a', 'b'])).toEqual(['y', 'x']);
  });

  it('binds whole numbers as integers and other numbers unchanged', () => {
    expect(rowValues({ a: 5, b: 5.5, c: 2 ** 60, d: -Infinity, e: -0 }, ['a', 'b', 'c', 'd', 'e'])).toEqual([
      5n,
      5.5,
      2 ** 60,
      -Infinity,
      -0,
    ]);
  });

  it('converts missing fields to NULL, and booleans to 0 and 1', () => {
    const row = { a: null, b: undefined, d: true, e: false };
    expect(rowValues(row, ['a', 'b', 'c', 'd', 'e'])).toEqual([null, null, null, 1n, 0n]);
  });

  it('accepts bytes and integers of 64 bits', () => {
    const bytes = new Uint8Array([1, 2]);
    expect(rowValues({ a: bytes, b: -(2n ** 63n) }, ['a', 'b'])).toEqual([bytes, -(2n ** 63n)]);
  });

  it.each([
    ['NaN', Number.NaN],
    ['64 bits', 2n ** 63n],
    ['object (Date)', new Date(0)],
    ['object (Float64Array)', new Float64Array(1)],
    ['array', [1]],
    ['symbol', Symbol('s')],
    ['lone surrogate', '\udc00'],
  ])('refuses a value that is %s, naming the column', (reason, value) => {
    expect(() => rowValues({ a: 1, b: value }, ['a', 'b'])).toThrow(
      expect.objectContaining({ column: 'b', message: expect.stringContaining(reason) }),
    );
  });

  it('refuses records that are not plain objects', () => {
    for (const record of ['text', 7, null, undefined, ['a'], new Map(), new Error('no row')]) {
      expect(() => rowValues(record, ['a'])).toThrow('expected a plain object');
    }
  });

  it('reads no inherited fields', () => {
    expect(rowValues({}, ['constructor', '__proto__', 'toString'])).toEqual([null, null, null]);
    expect(rowValues(JSON.parse('{"__proto__": 1}'), ['__proto__'])).toEqual([1n]);
  });
});
