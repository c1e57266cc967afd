// Readings of the clocks of time zones, against a plain search through the minutes of two days.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ZoneClock } from './zone-clock.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** What the clock shows, from the parts of a formatted date. */
function shown(format: Intl.DateTimeFormat, atMs: number): number {
  const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
  const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0;
  const day = Date.UTC(part('year'), part('month') - 1, part('day'));
  return day + part('hour') * HOUR_MS + part('minute') * MINUTE_MS + part('second') * 1_000;
}

const formatOf = (timeZone: string) =>
  new Intl.DateTimeFormat('en-US', { timeZone, year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric', hourCycle: 'h23' }); // prettier-ignore

/** Days with unusual changes: an hour at two, half an hour, at midnight, a minute after midnight, a whole day. */
const changes: readonly (readonly [string, string])[] = [
  ['Europe/Berlin', '2025-03-30T01:00Z'],
  ['Europe/Berlin', '2025-10-26T01:00Z'],
  ['America/New_York', '2024-11-03T06:00Z'],
  ['Australia/Lord_Howe', '2024-04-06T15:00Z'],
  ['America/Sao_Paulo', '2018-11-04T03:00Z'],
  ['America/Sao_Paulo', '2018-02-18T02:00Z'],
  ['America/St_Johns', '2010-11-07T02:31Z'],
  ['Pacific/Apia', '2011-12-30T10:00Z'],
  ['Asia/Kathmandu', '1985-12-31T18:30Z'],
  ['Africa/Casablanca', '2024-03-10T02:00Z'],
  ['UTC', '2024-03-10T02:00Z'],
];

describe('the clock of a time zone', () => {
  it.each(changes)('of %s at %s shows the latest reading so far', (timeZone, at) => {
    const clock = new ZoneClock(timeZone);
    const format = formatOf(timeZone);
    const changeMs = Date.parse(at);
    const fromMs = changeMs - 30 * HOUR_MS;
    let latest = Number.NEGATIVE_INFINITY;
    let minute = 0;
    for (let atMs = fromMs - 26 * HOUR_MS; atMs <= changeMs + 30 * HOUR_MS; atMs += MINUTE_MS) {
      latest = Math.max(latest, shown(format, atMs));
      if (atMs < fromMs) continue;
      // Just before a change back, the clock shows up to a minute more than at the last full minute.
      const more = clock.readingAt(atMs) - latest;
      expect([atMs, more === 0 || more === MINUTE_MS - 1]).toEqual([atMs, true]);
      if (minute++ % 7 === 0) {
        const readMs = clock.readingAt(atMs);
        const first = clock.instantOf(readMs);
        expect([first <= atMs, clock.readingAt(first) >= readMs, clock.readingAt(first - 1) < readMs]).toEqual([true, true, true]); // prettier-ignore
      }
    }
  });

  it('never goes back, and finds every instant again, in any zone at any time', () => {
    const zones = fc.constantFrom(
      ...Intl.supportedValuesOf('timeZone'),
      'Etc/GMT+12',
      'Etc/GMT-14',
      '+05:45',
    );
    const times = fc.integer({ min: Date.UTC(1900), max: Date.UTC(2100) });
    const clocks = new Map<string, ZoneClock>();
    fc.assert(
      fc.property(zones, times, fc.integer({ min: 0, max: 50 * HOUR_MS }), (zone, atMs, laterMs) => {
        const clock = clocks.get(zone) ?? new ZoneClock(zone);
        clocks.set(zone, clock);
        expect(clock.readingAt(atMs + laterMs)).toBeGreaterThanOrEqual(clock.readingAt(atMs));
        const first = clock.instantOf(clock.readingAt(atMs));
        expect(first).toBeLessThanOrEqual(atMs);
        expect(clock.readingAt(first)).toBeGreaterThanOrEqual(clock.readingAt(atMs));
      }),
      { numRuns: 500 },
    );
  });

  it('reaches to both ends of dates', () => {
    const clock = new ZoneClock('Europe/Berlin');
    for (const atMs of [-8.64e15, 8.64e15])
      expect(Math.abs(clock.readingAt(atMs) - atMs)).toBeLessThan(3 * HOUR_MS);
  });
});
