import { describe, expect, it } from 'vitest';
import { fractionDigits } from './decimal-text.ts';

describe('fractionDigits', () => {
  it.each([
    ['12', 0],
    ['-0.250', 2],
    ['.5', 1],
    ['5.', 0],
    ['25e-2', 2],
    ['1.5e1', 0],
    ['1e-7', 7],
    ['120e-1', 0],
    ['0.000', 0],
    ['0e-5', 0],
    ['', undefined],
    ['.', undefined],
    ['1,5', undefined],
    ['NaN', undefined],
    ['1e', undefined],
  ])('of %o is %s', (text, digits) => {
    expect(fractionDigits(text)).toBe(digits);
  });
});
