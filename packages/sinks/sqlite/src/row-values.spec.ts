import { describe, expect, it } from 'vitest';
import type { Affinity } from './column-affinity.ts';
import { rowValues as valuesOf, type BoundValue } from './row-values.ts';

/** The values for columns without a type and without a key. */
function rowValues(row: unknown, names: readonly string[]): BoundValue[] {
  return valuesOf(
    row,
    names.map((name) => ({ name, affinity: 'BLOB', isKey: false })),
  );
}

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

  it.each([null, undefined])('refuses %s in a column of the key, naming the column', (value) => {
    const columns = [
      { name: 'a', affinity: 'BLOB', isKey: true },
      { name: 'b', affinity: 'BLOB', isKey: true },
    ] as const;
    expect(() => valuesOf({ a: 1, ...(value === null ? { b: null } : {}) }, columns)).toThrow(
      expect.objectContaining({ column: 'b', message: 'got no value for a column of the key' }),
    );
  });
});

describe('rowValues for a column with a type', () => {
  const valueOf = (affinity: Affinity, value: unknown) =>
    valuesOf({ a: value }, [{ name: 'a', affinity, isKey: false }])[0];

  it.each<[Affinity, unknown, BoundValue]>([
    ['TEXT', 0.1, '0.1'],
    ['TEXT', -0, '0'],
    ['TEXT', 7, 7n],
    ['TEXT', -Infinity, -Infinity],
    ['TEXT', 2n ** 53n + 1n, 2n ** 53n + 1n],
    ['TEXT', '12345678901234567891', '12345678901234567891'],
    ['INTEGER', '9007199254740993', '9007199254740993'],
    ['NUMERIC', '-9223372036854775808', '-9223372036854775808'],
    ['INTEGER', '1234567890123456789x', '1234567890123456789x'],
    ['REAL', '9007199254740992', '9007199254740992'],
    ['REAL', '0.1234567890123456', '0.1234567890123456'],
    ['NUMERIC', ' -00012.50000000000000e1', ' -00012.50000000000000e1'],
    ['NUMERIC', '1e21', '1e21'],
    ['INTEGER', '2026-11-30T12:00:00Z', '2026-11-30T12:00:00Z'],
    ['TEXT', '0.12345678901234567890', '0.12345678901234567890'],
    ['REAL', 2n ** 60n, 2n ** 60n],
    ['REAL', 0.1, 0.1],
  ])('%s keeps %o', (affinity, value, bound) => {
    expect(valueOf(affinity, value)).toBe(bound);
  });

  it.each<[Affinity, unknown]>([
    ['TEXT', 2 ** 53],
    ['TEXT', -1e300],
    ['REAL', 2n ** 53n + 1n],
    ['REAL', '9007199254740993'],
    ['INTEGER', '12345678901234567891'],
    ['NUMERIC', ' +12345678901234567891'],
    ['NUMERIC', '12345678901234567.89'],
    ['INTEGER', '9007199254740993.0'],
    ['INTEGER', '9007199254740993E0'],
    ['REAL', '.12345678901234567890'],
    ['REAL', '1e400'],
    ['REAL', '-1e-400'],
  ])('%s refuses %o, which would change in silence', (affinity, value) => {
    expect(() => valueOf(affinity, value)).toThrow(expect.objectContaining({ column: 'a' }));
  });
});
