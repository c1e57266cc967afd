import { describe, expect, it } from 'vitest';
import { bytes, count, counted, duration, isoTime, percent, timeOfDay } from './figures.ts';

describe('figures', () => {
  it('write counts and rates', () => {
    expect(
      [undefined, 0, 0.25, 0.012, 7.6, 4_200, 9_999_999, 12_345_678, 1.5e9, 2e12, -300].map(count),
    ).toEqual(['-', '0', '0.25', '0.012', '8', '4,200', '9,999,999', '12.3 M', '1.50 G', '2.00 T', '-300']);
    expect(counted(1, 'batch', 'batches')).toBe('1 batch');
    expect(counted(2, 'batch', 'batches')).toBe('2 batches');
    expect(counted(0, 'record')).toBe('0 records');
  });

  it('write sizes', () => {
    expect([undefined, 0, 1_023, 1_024, 1.5 * 2 ** 20, 2 ** 30, 5 * 2 ** 40].map(bytes)).toEqual([
      '-',
      '0 B',
      '1023 B',
      '1.00 KiB',
      '1.50 MiB',
      '1.00 GiB',
      '5.00 TiB',
    ]);
  });

  it('write durations', () => {
    expect(
      [
        undefined,
        0,
        0.44,
        9.94,
        380,
        999.4,
        999.6,
        1_200,
        59_990,
        60_000,
        123_000,
        7_980_000,
        273_600_000,
        -1_500,
      ].map(duration),
    ).toEqual([
      '-',
      '0 ms',
      '0.4 ms',
      '9.9 ms',
      '380 ms',
      '999 ms',
      '1.00 s',
      '1.20 s',
      '60.0 s',
      '1 min',
      '2 min 3 s',
      '2 h 13 min',
      '3 d 4 h',
      '-1.50 s',
    ]);
  });

  it('write times and parts', () => {
    const time = Date.UTC(2026, 10, 30, 12, 3, 10, 250);
    expect([timeOfDay(time), timeOfDay(time - 250), isoTime(time), isoTime(Number.NaN)]).toEqual([
      '12:03:10.250',
      '12:03:10',
      '2026-11-30T12:03:10.250Z',
      '-',
    ]);
    expect(timeOfDay(Number.POSITIVE_INFINITY)).toBe('');
    expect(percent(0.384)).toBe('38 %');
  });
});
