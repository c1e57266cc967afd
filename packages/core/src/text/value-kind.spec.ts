import { expect, it } from 'vitest';
import { valueKind } from './value-kind.ts';

it.each([
  [null, 'null'],
  [undefined, 'undefined'],
  [[1], 'an array'],
  [{}, 'an object (Object)'],
  [new Date(0), 'an object (Date)'],
  [Object.create(null), 'an object (without a class)'],
  [1n, 'a bigint'],
  ['text', 'a string'],
])('names the kind of %o', (value, kind) => {
  expect(valueKind(value)).toBe(kind);
});
