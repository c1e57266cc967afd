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
    ['2001-01-14 21:55:03.423627+00', Date.UTC(2001, 0, 14, 21, 55, 3) + 423.627],
    ['2001-01-14 21:55:03-05', Date.UTC(2001, 0, 15, 2, 55, 3)],
    ['2001-01-14T21:55:03+0530', Date.UTC(2001, 0, 14, 16, 25, 3)],
    ['2001-01-14T21:55:03-00:00', Date.UTC(2001, 0, 14, 21, 55, 3)],
    ['2001-01-14t21:55:03z', Date.UTC(2001, 0, 14, 21, 55, 3)],
    ['2001-01-14 21:55:03 UTC', Date.UTC(2001, 0, 14, 21, 55, 3)],
    ['2001-01-14 21:55:03GMT', Date.UTC(2001, 0, 14, 21, 55, 3)],
    ['2001-01-14  21:55:03,25 Z', Date.UTC(2001, 0, 14, 21, 55, 3, 250)],
    ['2001-01-14T21:55:03\u221205:00', Date.UTC(2001, 0, 15, 2, 55, 3)],
    ['1880-01-14 21:55:03-04:56:02', Date.UTC(1880, 0, 15, 2, 51, 5)],
    ['2001-01-14T21:55:03+01:00[Europe/Berlin]', Date.UTC(2001, 0, 14, 20, 55, 3)],
    ['2001-01-14T21:55:03.123456789123Z', Date.UTC(2001, 0, 14, 21, 55, 3) + 123.456789123],
    ['2016-12-31T23:59:60Z', Date.UTC(2017, 0, 1)],
    ['20010114T215503Z', Date.UTC(2001, 0, 14, 21, 55, 3)],
    ['20010114T2155-0530', Date.UTC(2001, 0, 15, 3, 25)],
    ['20010114T215503.5', Date.UTC(2001, 0, 14, 21, 55, 3, 500)],
    ['+012001-01-14T00:00:00.000Z', Date.UTC(12_001, 0, 14)],
    ['-000001-01-14T00:00:00Z', new Date('-000001-01-14T00:00:00Z').getTime()],
  ])('reads the date %s as UTC unless a zone is named', (text, expected) => {
    expect(parseTimestamp(text, 'iso')).toBeCloseTo(expected, 3);
    expect(parseTimestamp(text, 'auto')).toBeCloseTo(expected, 3);
  });

  it.each<[unknown, TimestampFormat, number]>([
    [NEW_YEAR_2001, 'auto', NEW_YEAR_2001],
    [NEW_YEAR_2001 / 1_000, 'auto', NEW_YEAR_2001],
    [String(NEW_YEAR_2001), 'auto', NEW_YEAR_2001],
    [978_307_200.5, 'epoch-s', NEW_YEAR_2001 + 500],
    ['978307200.5', 'epoch-s', NEW_YEAR_2001 + 500],
    [1_000, 'epoch-ms', 1_000],
    [-1_000, 'epoch-ms', -1_000],
    [NEW_YEAR_2001 * 1_000 + 250, 'auto', NEW_YEAR_2001 + 0.25],
    [`${NEW_YEAR_2001}000000`, 'auto', NEW_YEAR_2001],
    [BigInt(NEW_YEAR_2001) * 1_000_000n, 'auto', NEW_YEAR_2001],
    [-NEW_YEAR_2001 * 1_000, 'auto', -NEW_YEAR_2001],
    [1_500, 'epoch-us', 1.5],
    ['2000000', 'epoch-ns', 2],
    [8.64e15, 'epoch-ms', 8.64e15],
    ['20010114', 'iso', Date.UTC(2001, 0, 14)],
    ['20010114', 'auto', 20_010_114_000],
    [1955, 'auto', 1_955_000],
  ])('reads the number %s as %s', (value, format, expected) => {
    expect(parseTimestamp(value, format)).toBe(expected);
  });

  it.each([
    ['2016-12-31T24:00', '2017-01-01T00:00:00Z'],
    ['2016-12-31 24:00:00+02', '2016-12-31T22:00:00Z'],
    ['20161231T240000Z', '2017-01-01T00:00:00Z'],
    ['2026-133', '2026-05-13T00:00:00Z'],
    ['2024-366T01:00Z', '2024-12-31T01:00:00Z'],
    ['2026133T220345Z', '2026-05-13T22:03:45Z'],
    ['2026-W20-3', '2026-05-13T00:00:00Z'],
    ['2026-W01-1', '2025-12-29T00:00:00Z'],
    ['2020-W53-7', '2021-01-03T00:00:00Z'],
    ['2026W203T22:03', undefined],
    ['2026W203T2203', '2026-05-13T22:03:00Z'],
    ['2026W203', '2026-05-13T00:00:00Z'],
  ])('reads the date %s', (text, expected) => {
    const time = expected === undefined ? undefined : Date.parse(expected);
    expect(parseTimestamp(text, 'auto')).toBe(time);
    expect(parseTimestamp(text, 'iso')).toBe(time);
  });

  it.each<[unknown, TimestampFormat]>([
    ['2001-02-29', 'auto'],
    ['2001-13-01', 'iso'],
    ['2001-01-01 24:01', 'iso'],
    ['2001-01-01 24:00:00.001', 'iso'],
    ['2001-01-01 25:00', 'iso'],
    ['2026-000', 'iso'],
    ['2026-366', 'iso'],
    ['2026-W00-1', 'iso'],
    ['2025-W53-1', 'iso'],
    ['2026-W20-8', 'iso'],
    ['2026-W20', 'iso'],
    ['20260513220345', 'auto'],
    ['20260513220345', 'iso'],
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
    [8.64e15 + 1, 'auto'],
    [8.64e15 + 2, 'epoch-ms'],
    [8.65e12, 'epoch-s'],
    [5e15, 'auto'],
    [5e18, 'auto'],
    [1e21, 'auto'],
    ['+300000-01-01', 'iso'],
    ['2026-05', 'auto'],
    ['2026-05/13', 'auto'],
    ['2001-01-01 10:00:60', 'iso'],
    ['2001-01-01 10:00+24', 'iso'],
    ['2001-01-01 10:00+1', 'iso'],
    ['2001-01-01 10:00 CET', 'iso'],
    ['2001-01-01 10', 'iso'],
    ['20011301T000000Z', 'iso'],
  ])('refuses %s as %s', (value, format) => {
    expect(parseTimestamp(value, format)).toBeUndefined();
  });

  it('returns no time that a Date cannot hold, for any number', () => {
    const formats = fc.constantFrom<TimestampFormat>('auto', 'epoch-s', 'epoch-ms', 'epoch-us', 'epoch-ns');
    fc.assert(
      fc.property(fc.double({ noNaN: true }), formats, (number, format) => {
        const time = parseTimestamp(number, format);
        expect(time === undefined || !Number.isNaN(new Date(time).getTime())).toBe(true);
      }),
    );
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
