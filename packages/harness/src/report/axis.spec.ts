import { describe, expect, it } from 'vitest';
import { makeAxis } from './axis.ts';

const pixels = { from: 0, to: 100, format: String };

describe('makeAxis', () => {
  it('begins a linear axis at zero and ends after the last value', () => {
    const axis = makeAxis({ ...pixels, scale: 'linear', values: [3, 9] });
    expect(axis.ticks.map(({ label }) => label)).toEqual(['0', '2', '4', '6', '8', '10']);
    expect(axis.place(5)).toBe(50);
  });

  it('gives each power of ten equal room on a logarithmic axis', () => {
    const axis = makeAxis({ ...pixels, scale: 'log', values: [1, 10_000] });
    expect(axis.ticks.map(({ at, label }) => [at, label])).toEqual([
      [0, '1'],
      [25, '10'],
      [50, '100'],
      [75, '1000'],
      [100, '10000'],
    ]);
  });

  it('gives each tenfold rarer percentile equal room on a percentile axis', () => {
    const axis = makeAxis({ ...pixels, scale: 'percentile', values: [50, 90, 99] });
    expect(axis.place(0)).toBe(0);
    expect(axis.place(90)).toBeCloseTo(50);
    expect(axis.place(99)).toBeCloseTo(100);
    expect(axis.ticks.map(({ label }) => label)).toEqual(['p0', 'p50', 'p90', 'p99']);
  });

  it.each(['linear', 'log', 'percentile'] as const)('makes a %s axis without values', (scale) => {
    const axis = makeAxis({ ...pixels, scale, values: [] });
    expect(axis.ticks.every(({ at }) => Number.isFinite(at))).toBe(true);
  });

  it('makes an axis for equal values', () => {
    for (const value of [0, 7])
      expect(makeAxis({ ...pixels, scale: 'linear', values: [value] }).place(value)).not.toBeNaN();
    expect(makeAxis({ ...pixels, scale: 'log', values: [10] }).place(10)).toBe(0);
  });
});
