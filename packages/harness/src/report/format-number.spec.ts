import { describe, expect, it } from 'vitest';
import { formatNumber, formatSpread, isFigure } from './format-number.ts';

describe('formatNumber', () => {
  it.each([
    [94_212_345, '94.2 M'],
    [12_480, '12.5 k'],
    [999_700, '1.00 M'],
    [317.2, '317'],
    [99.97, '100'],
    [5.678, '5.68'],
    [20, '20'],
    [0.04213, '0.042'],
    [0, '0'],
    [-1_500, '-1.50 k'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
  ])('writes %d as %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });
});

describe('isFigure', () => {
  it.each(['0', '94.2 M', '12.5 k', '-1.50 k', '+13 %', '='])('takes %s for a figure', (text) => {
    expect(isFigure(text)).toBe(true);
  });

  it.each(['', 'records/s', '2 (1–4)', '2026-01-02', 'k'])('takes "%s" for text', (text) => {
    expect(isFigure(text)).toBe(false);
  });
});

describe('formatSpread', () => {
  it('leaves out a spread of zero', () => {
    expect(formatSpread({ median: 2, least: 1, most: 3_000 })).toBe('2 (1–3.00 k)');
    expect(formatSpread({ median: 2, least: 2, most: 2 })).toBe('2');
  });
});
