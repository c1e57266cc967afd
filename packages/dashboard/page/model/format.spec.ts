import { describe, expect, it } from 'vitest';
import { axisRate, batchTimeOfDay, bytes, count, duration, percent, rate, several, utc } from './format.ts';

const spaced = (text: string) => text.replaceAll('\u00a0', ' ');

describe('figures in words', () => {
  it.each([
    [0, '0'],
    [8_412, '8,412'],
    [999_999, '999,999'],
    [5_130_000, '5.13 M'],
    [7_200_000_000, '7.2 G'],
  ])('count %f as %s', (value, words) => {
    expect(spaced(count(value))).toBe(words);
  });

  it.each([
    [-1, '0 ms'],
    [0.42, '0.4 ms'],
    [9.96, '10 ms'],
    [371.6, '372 ms'],
    [1_349, '1.3 s'],
    [9_949, '9.9 s'],
    [9_951, '10 s'],
    [61_000, '61 s'],
    [840_000, '14 min'],
    [7_500_000, '2 h 5 min'],
    [7_200_000, '2 h'],
    [273_600_000, '3 d 4 h'],
  ])('write %f ms as %s', (ms, words) => {
    expect(spaced(duration(ms))).toBe(words);
  });

  it.each([
    [12, '12 B'],
    [999, '999 B'],
    [1_000, '0.977 KiB'],
    [402_000_000, '383 MiB'],
    [5e15, '4,550 TiB'],
  ])('write %f bytes as %s', (value, words) => {
    expect(spaced(bytes(value))).toBe(words);
  });

  it('write rates, parts and numbers of things', () => {
    expect([rate(0.5), rate(4_200), axisRate(92_000), axisRate(1_500_000)].map(spaced)).toEqual([
      '0.5/s',
      '4,200/s',
      '92 k',
      '1.5 M',
    ]);
    expect([percent(0), percent(0.004), percent(0.382), percent(1.3)].map(spaced)).toEqual([
      '0 %',
      '< 1 %',
      '38 %',
      '130 %',
    ]);
    expect([several(1, 'batch', 'batches'), several(2, 'batch', 'batches')].map(spaced)).toEqual([
      '1 batch',
      '2 batches',
    ]);
  });

  it('write batch times with milliseconds where intervals are shorter than a second', () => {
    const ms = Date.UTC(2026, 0, 1, 12, 3, 10);
    expect(batchTimeOfDay(ms, 1_000)).toMatch(/^\d\d:\d\d:10$/);
    expect(batchTimeOfDay(ms, 100)).toMatch(/^\d\d:\d\d:10\.000$/);
    expect(batchTimeOfDay(ms + 40, 1_000)).toMatch(/^\d\d:\d\d:10\.040$/);
    expect(utc(ms)).toBe('2026-01-01 12:03:10.000 UTC');
    expect(utc(9e15)).toBe('');
  });
});
