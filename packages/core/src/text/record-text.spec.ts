import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recordText } from './record-text.ts';

class Money {
  readonly amount = 1;
}

const circle: Record<string, unknown> = { a: 1 };
circle['self'] = circle;

const trap = Object.defineProperty({}, 'a', {
  enumerable: true,
  get: () => {
    throw Object.create(null);
  },
});

describe('recordText', () => {
  it('writes every kind of value', () => {
    const texts: readonly (readonly [unknown, string])[] = [
      ['text', '"text"'],
      [1.5, '1.5'],
      [undefined, 'undefined'],
      [10n, '10'],
      [{ a: 1, 'b c': [true, null] }, '{ a: 1, "b c": [true, null] }'],
      [new Money(), 'Money { amount: 1 }'],
      [new Map([['k', 1]]), 'Map [["k", 1]]'],
      [new Set([1]), 'Set [1]'],
      [new Date(0), '1970-01-01T00:00:00.000Z'],
      [new Uint8Array(3), '[3 bytes]'],
      [() => 1, '[function]'],
      [Symbol('s'), '[symbol]'],
      [{}, '{}'],
      ['cut \ud83d', String.raw`"cut \ud83d"`],
      ['\u001b[2J\n', String.raw`"\u001b[2J\n"`],
      [trap, '{ a: undefined }'],
      [circle, '{ a: 1, self: { a: 1, self: { a: 1, self: { a: 1, self: … } } } }'],
    ];
    expect(texts.map(([record]) => recordText(record))).toEqual(texts.map(([, text]) => text));
  });

  it('is one line within the bound, for any record', () => {
    fc.assert(
      fc.property(fc.anything(), fc.integer({ min: 1, max: 200 }), (record, max) => {
        const text = recordText(record, max);
        expect(text.length).toBeLessThanOrEqual(max);
        expect(text).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
        expect(text.isWellFormed()).toBe(true);
      }),
    );
  });

  it('stops inside a huge record as soon as the bound is reached', () => {
    let reads = 0;
    const huge = Array.from({ length: 100_000 }, () =>
      Object.defineProperty({}, 'a', {
        enumerable: true,
        get: () => {
          reads += 1;
          return 'x'.repeat(100);
        },
      }),
    );
    expect(recordText(huge).length).toBe(1_024);
    expect(reads).toBeLessThan(100);
  });
});
