import { describe, expect, it } from 'vitest';
import { sentColumn } from './column-type.ts';
import { RefusedFields, rowText } from './row-text.ts';

const textOf = (value: unknown, type: string) => rowText({ a: value }, [sentColumn('a', type)]);

describe('sentColumn', () => {
  it.each([
    ['UInt8', false, [0n, 255n]],
    ['Nullable(Int64)', true, [-(2n ** 63n), 2n ** 63n - 1n]],
    ['LowCardinality(Nullable(UInt16))', true, [0n, 65_535n]],
    ['String', false, undefined],
    ['Array(Nullable(Int8))', false, undefined],
    ['Dynamic', true, undefined],
  ])('knows the range and the null of %s', (type, isNullable, range) => {
    expect(sentColumn('a', type)).toMatchObject({ isNullable, range });
  });
});

describe('rowText', () => {
  it.each([
    ['x"y\n', 'String', '"x\\"y\\n"'],
    [7, 'Int32', '7'],
    [-0, 'Float64', '-0'],
    [1.5, 'Decimal(9, 2)', '1.5'],
    [2n ** 60n, 'Int64', '"1152921504606846976"'],
    [2n ** 60n, 'Float64', '1152921504606846976'],
    [1e300, 'Float64', '1e+300'],
    [true, 'Bool', 'true'],
    [new Date(0), 'DateTime64(3)', '"1970-01-01T00:00:00.000Z"'],
    [[1, 'a'], 'Array(String)', '[1,"a"]'],
    [{ b: 1 }, 'JSON', '{"b":1}'],
    [null, 'Nullable(Int8)', 'null'],
  ])('writes %o for %s', (value, type, expected) => {
    expect(textOf(value, type)).toBe(`{"a":${expected}}`);
  });

  it('leaves undefined and missing fields out, and reads no inherited ones', () => {
    const columns = ['a', 'b', 'constructor'].map((name) => sentColumn(name, 'String'));
    expect(rowText({ a: undefined, other: 1 }, columns)).toBe('{}');
  });

  it.each([
    [256, 'UInt8'],
    [-1, 'UInt64'],
    [2n ** 63n, 'Int64'],
    [1.5, 'Int32'],
    [2 ** 53, 'Int64'],
    [2 ** 53, 'String'],
    [Number.NaN, 'Float64'],
    [2n ** 60n + 1n, 'Float64'],
    [null, 'String'],
    ['\ud800', 'String'],
    [new Map(), 'JSON'],
    [Infinity, 'Float64'],
  ])('refuses %o for %s, which would become another value', (value, type) => {
    expect(() => textOf(value, type)).toThrow(RefusedFields);
    expect(() => textOf(value, type)).toThrow(expect.objectContaining({ column: 'a' }));
  });

  it('refuses records that are not plain objects', () => {
    for (const record of ['text', 1, null, [1], new Map()])
      expect(() => rowText(record, [])).toThrow('expected a plain object');
  });
});
