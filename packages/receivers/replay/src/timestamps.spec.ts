import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTimestamp, type TimestampFormat } from './timestamps.ts';

const NEW_YEAR_2001 = Date.UTC(2001, 0, 1);

describe('parseTimestamp', () => {
  it.each([
    ['2001/01/14 21:55', Date.UTC(2001, 0, 14, 21, 55)],
    ['2001-01-14T21:55:03Z', Date.UTC(2001, 0, 14, 21, 55, 3)],
    ['2001-01-14T21:55:03.250', Date.UTC(2001, 0, 14, 21, 55, 3, 250)],
    ['2001-01-14 21:55:03+02:00', Date.UTC(2001, 0, 14, 19, 55, 3)],
    ['2001-01-14 21:55 -0530', Date.UTC(2001, 0, 15, 3, 25)],
    ['2001/1/4', Date.UTC(2001, 0, 4)],
    ['2000-02-29', Date.UTC(2000, 1, 29)],
  ])('reads the date %s as UTC unless it names a zone', (text, expected) => {
    expect(parseTimestamp(text, 'iso')).toBe(expected);
    expect(parseTimestamp(text, 'auto')).toBe(expected);
  });

  it.each<[unknown, TimestampFormat, number]>([
    [NEW_YEAR_2001, 'auto', NEW_YEAR_2001],
    [NEW_YEAR_2001 / 1_000, 'auto', NEW_YEAR_2001],
    [String(NEW_YEAR_2001), 'auto', NEW_YEAR_2001],
    [978_307_200.5, 'epoch-s', NEW_YEAR_2001 + 500],
    ['978307200.5', 'epoch-s', NEW_YEAR_2001 + 500],
    [1_000, 'epoch-ms', 1_000],
    [-1_000, 'epoch-ms', -1_000],
  ])('reads the number %s as %s', (value, format, expected) => {
    expect(parseTimestamp(value, format)).toBe(expected);
  });

  it.each<[unknown, TimestampFormat]>([
    ['2001-02-29', 'auto'],
    ['2001-13-01', 'iso'],
    ['2001-01-01 24:00', 'iso'],
    ['2001-01-01 10:60', 'iso'],
    ['01/14/2001', 'auto'],
    ['yesterday', 'auto'],
    ['', 'auto'],
    [null, 'auto'],
    [undefined, 'auto'],
    [Number.NaN, 'epoch-ms'],
    [true, 'auto'],
    [NEW_YEAR_2001, 'iso'],
    ['2001-01-14', 'epoch-ms'],
    ['0x10', 'epoch-ms'],
  ])('refuses %s as %s', (value, format) => {
    expect(parseTimestamp(value, format)).toBeUndefined();
  });

  it('reads back every time that a Date can write', () => {
    const years = { min: new Date('0000-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z') };
    fc.assert(
      fc.property(fc.date({ ...years, noInvalidDate: true }), (date) => {
        expect(parseTimestamp(date.toISOString(), 'iso')).toBeCloseTo(date.getTime(), 6);
      }),
    );
  });
});
