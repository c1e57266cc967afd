import { describe, expect, it } from 'vitest';
import { numberAboveZero, numberFromZero, wholeNumber } from './option-rules.ts';

describe('rules of options', () => {
  it.each([
    ['a whole number from 1 up', wholeNumber(), [1, 2, Number.MAX_SAFE_INTEGER], [0, -1, 1.5, 2 ** 53]],
    ['a whole number from 0 up', wholeNumber(undefined, 0), [0, 1], [-1, 0.5]],
    ['a whole number from 100 up', wholeNumber(undefined, 100), [100], [99, 100.5]],
    ['a number from 0 up', numberFromZero(), [0, 0.1, 1e300], [-0.1, Infinity]],
    ['a number above 0', numberAboveZero(), [Number.MIN_VALUE, 1], [0, -1, Infinity]],
  ])('%s accepts its least value, and nothing below', (_, rule, accepted, refused) => {
    expect(accepted.filter((value) => !rule.accepts(value))).toEqual([]);
    expect([...refused, Number.NaN, '1', null, 1n].filter((value) => rule.accepts(value))).toEqual([]);
  });
});
