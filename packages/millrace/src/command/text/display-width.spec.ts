import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayWidth, fit, fitMiddle, padded, withoutLastLetter, wrapped } from './display-width.ts';

describe('displayWidth', () => {
  it('counts the columns of a terminal', () => {
    expect(['', 'tea', 'Überfluß', 'e\u0301', '注文', '한국', '🛒', '👩‍👩‍👧'].map(displayWidth)).toEqual([
      0, 3, 8, 1, 4, 4, 2, 2,
    ]);
  });
});

describe('fit and padded', () => {
  it('cut long text and keep short text', () => {
    expect([
      fit('orders', 6),
      fit('orders', 5),
      fit('注文注文', 5),
      fit('注文', 2),
      fit('orders', 0),
    ]).toEqual(['orders', 'orde…', '注文…', '…', '']);
    expect([padded('tea', 5), padded('tea', 5, 'right'), padded('注文', 5), padded('orders', 3)]).toEqual([
      'tea  ',
      '  tea',
      '注文 ',
      'o…s',
    ]);
  });

  it('are never wider than asked', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(20), (text, width) => {
        expect(displayWidth(fit(text, width))).toBeLessThanOrEqual(width);
        expect(displayWidth(padded(text, width))).toBe(width);
      }),
    );
  });
});

describe('wrapped', () => {
  it('breaks between words, and a long word anywhere', () => {
    expect(wrapped('the log is full in 14 min', 10)).toEqual(['the log is', 'full in 14', 'min']);
    expect(wrapped('abcdefghijkl m', 5)).toEqual(['abcde', 'fghij', 'kl m']);
    expect(wrapped('', 5)).toEqual([]);
    expect(wrapped('注文注文', 5)).toEqual(['注文', '注文']);
  });

  it('ends also where no letter has room', () => {
    expect(wrapped('注文', 1)).toEqual(['注文']);
  });
});

describe('withoutLastLetter', () => {
  it('removes a letter with its marks', () => {
    expect(['', 'a', 'ab', 'ae\u0301', 'a👩‍👩‍👧'].map(withoutLastLetter)).toEqual(['', '', 'a', 'a', 'a']);
  });
});

describe('fitMiddle', () => {
  it.each([
    ['replay flights-20k.json (1 of 2)', 25, 'replay fligh…son (1 of 2)'],
    ['注文注文注文', 7, '注…注文'],
    ['abc', 3, 'abc'],
    ['abc', 1, '…'],
    ['abc', 0, ''],
  ])('%j in %i columns is %j', (text, width, shown) => {
    expect(fitMiddle(text, width)).toBe(shown);
    expect(displayWidth(shown)).toBeLessThanOrEqual(width);
  });
});
