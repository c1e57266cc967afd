import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readExactly } from './exact-numbers.ts';

const inexactOf = (text: string, bigints = false) => readExactly(`[${text}]`, { bigints }).inexact;

describe('readExactly', () => {
  it.each([
    ['9007199254740993'],
    ['-9007199254740993'],
    ['9007199254740993.0'],
    ['9007199254740993e0'],
    ['90071992547409930E-1'],
    ['9.007199254740993e15'],
    ['-0.09007199254740993e+17'],
    ['9007199254740993.5'],
    ['18446744073709551615.000'],
    ['1e400'],
    ['-1E309'],
  ])('reports that no double holds %s', (text) => {
    expect(inexactOf(text)).toBe(text);
  });

  it.each([
    ['9007199254740992'],
    ['9007199254740992.0'],
    ['9.007199254740992e15'],
    ['1e23'],
    ['1.0e+23'],
    ['9.9999999999999992e+22'],
    ['1.7976931348623157e308'],
    ['18446744073709551616'],
    ['0.1'],
    ['4503599627370497.25'],
    ['-0'],
    ['1e-400'],
  ])('accepts %s', (text) => {
    expect(inexactOf(text)).toBeUndefined();
  });

  it('accepts any text that a program writes for a double, with a point or an exponent', () => {
    const doubles = fc.double({ noNaN: true, noDefaultInfinity: true, min: 2 ** 53 });
    fc.assert(
      fc.property(doubles, (value) => {
        for (const text of [value.toExponential(), value.toPrecision(17), value.toExponential(16)])
          if (/[.e]/.test(text)) expect(inexactOf(text)).toBeUndefined();
      }),
    );
  });

  it('converts only whole numbers to bigints', () => {
    const { value, inexact } = readExactly('[9007199254740993,1.5]', { bigints: true });
    expect({ value, inexact }).toEqual({ value: [9007199254740993n, 1.5], inexact: undefined });
    expect(inexactOf('9007199254740993.0', true)).toBe('9007199254740993.0');
  });
});
