// Windows with an offset and by the clock of a time zone: their bounds, and refused arguments.
import { describe, expect, it } from 'vitest';
import { StreamFixture } from '../../test/stream-fixture.ts';
import { addToWindows } from './event-window.ts';
import { fixedRule, type FixedRule, type WindowAlignment } from './fixed-windows.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The windows that contain a time, the latest first. */
function windowsAt(atMs: number, rule: FixedRule) {
  const aggregation = {
    create: () => 1,
    add: (count: number) => count + 1,
    merge: (a: number, b: number) => a + b,
  };
  const { windows } = addToWindows(rule, {
    open: [],
    records: [[atMs, 'x']],
    isClosed: () => false,
    aggregation,
  });
  return windows.map(({ startMs, endMs }) => ({ startMs, endMs })).toReversed();
}

/** The windows at an instant as `start … end (hours)`, the latest first. */
function windows(
  at: string,
  lengths: { readonly sizeMs: number; readonly slideMs: number },
  alignment: WindowAlignment,
) {
  return windowsAt(Date.parse(at), fixedRule('tumbling', lengths, alignment)).map(
    ({ startMs, endMs }) =>
      `${new Date(startMs).toISOString().slice(0, 16)} … ${new Date(endMs).toISOString().slice(0, 16)} (${(endMs - startMs) / HOUR} h)`,
  );
}

const day = { sizeMs: DAY, slideMs: DAY };

describe('windows of a fixed length', () => {
  it('begin at an offset, before and after 1970', () => {
    const rule = fixedRule('tumbling', { sizeMs: 10, slideMs: 10 }, { offsetMs: 3 });
    const at = (atMs: number) => windowsAt(atMs, rule);
    expect(at(2)).toEqual([{ startMs: -7, endMs: 3 }]);
    expect(at(3)).toEqual([{ startMs: 3, endMs: 13 }]);
    expect(at(-8)).toEqual([{ startMs: -17, endMs: -7 }]);
    // The same windows, said differently.
    expect(fixedRule('tumbling', { sizeMs: 10, slideMs: 10 }, { offsetMs: -7 })).toEqual(rule);
    expect(fixedRule('tumbling', { sizeMs: 10, slideMs: 10 }, { offsetMs: 0 })).not.toHaveProperty(
      'offsetMs',
    );
  });

  it.each([
    ['a day in winter', '2025-01-15T12:00Z', 'Europe/Berlin', '2025-01-14T23:00 … 2025-01-15T23:00 (24 h)'],
    ['a day of 23 hours', '2025-03-30T12:00Z', 'Europe/Berlin', '2025-03-29T23:00 … 2025-03-30T22:00 (23 h)'],
    ['a day of 25 hours', '2025-10-26T00:30Z', 'Europe/Berlin', '2025-10-25T22:00 … 2025-10-26T23:00 (25 h)'],
    ['its last hour', '2025-10-26T22:59Z', 'Europe/Berlin', '2025-10-25T22:00 … 2025-10-26T23:00 (25 h)'],
    ['a day with a half hour more', '2024-04-06T20:00Z', 'Australia/Lord_Howe', '2024-04-06T13:00 … 2024-04-07T13:30 (24.5 h)'],
    ['a day that begins at one', '2018-11-04T12:00Z', 'America/Sao_Paulo', '2018-11-04T03:00 … 2018-11-05T02:00 (23 h)'],
    ['the day before a day that was left out', '2011-12-30T09:59Z', 'Pacific/Apia', '2011-12-29T10:00 … 2011-12-30T10:00 (24 h)'],
    ['the day after', '2011-12-30T10:00Z', 'Pacific/Apia', '2011-12-30T10:00 … 2011-12-31T10:00 (24 h)'],
    ['a zone off the hour', '2025-01-15T12:00Z', 'Asia/Kathmandu', '2025-01-14T18:15 … 2025-01-15T18:15 (24 h)'],
  ])('are days of a time zone: %s', (_what, at, timeZone, expected) => {
    expect(windows(at, day, { timeZone })).toEqual([expected]);
  }); // prettier-ignore

  it('are weeks that begin on Monday, in a week with a change', () => {
    const week = { sizeMs: 7 * DAY, slideMs: 7 * DAY };
    const alignment = { offsetMs: 4 * DAY, timeZone: 'Europe/Berlin' };
    expect(windows('2025-10-26T22:59Z', week, alignment)).toEqual(['2025-10-19T22:00 … 2025-10-26T23:00 (169 h)']); // prettier-ignore
    expect(windows('2025-10-26T23:00Z', week, alignment)).toEqual(['2025-10-26T23:00 … 2025-11-02T23:00 (168 h)']); // prettier-ignore
  });

  it('begin at six in the morning, by the clock of the zone', () => {
    const alignment = { offsetMs: 6 * HOUR, timeZone: 'America/New_York' };
    expect(windows('2024-11-03T10:59Z', day, alignment)).toEqual(['2024-11-02T10:00 … 2024-11-03T11:00 (25 h)']); // prettier-ignore
  });

  it('are hours: the hour that the clock shows twice is one window, and no window is left out', () => {
    const hour = { sizeMs: HOUR, slideMs: HOUR };
    const berlin = { timeZone: 'Europe/Berlin' };
    for (const at of ['2025-10-26T00:15Z', '2025-10-26T01:15Z'])
      expect(windows(at, hour, berlin)).toEqual(['2025-10-26T00:00 … 2025-10-26T02:00 (2 h)']);
    expect(windows('2025-03-30T01:15Z', hour, berlin)).toEqual(['2025-03-30T01:00 … 2025-03-30T02:00 (1 h)']);
  });

  it('slide by the clock, and overlap where they begin together', () => {
    const sliding = { sizeMs: 2 * HOUR, slideMs: HOUR };
    // The clock leaps from two to three: the windows from two and from three begin together.
    expect(windows('2025-03-30T01:15Z', sliding, { timeZone: 'Europe/Berlin' })).toEqual([
      '2025-03-30T01:00 … 2025-03-30T03:00 (2 h)',
      '2025-03-30T01:00 … 2025-03-30T02:00 (1 h)',
    ]);
  });

  it('aggregate days of a zone, and keep windows apart that begin together', async () => {
    const world = new StreamFixture();
    const times = ['2025-10-25T21:59Z', '2025-10-25T22:00Z', '2025-10-26T22:59Z', '2025-10-26T23:00Z'];
    const events = (batches: string[][]) =>
      world.queue(batches).assignTimestamps((text) => Date.parse(text)).map((text) => text.slice(0, 16)); // prettier-ignore
    const berlin = { timeZone: 'Europe/Berlin' };
    const days = world.record(
      events([times, ['2025-10-28T00:00Z']])
        .tumbling(DAY, berlin)
        .group(),
    );
    const hours = world.record(
      events([['2025-03-30T01:15Z'], ['2025-03-30T02:30Z'], ['2025-03-31T00:00Z']]).sliding(2 * HOUR, HOUR, berlin).group(), // prettier-ignore
    );
    await world.run(3);
    expect([...days.values()].flat().map(({ value }) => value)).toEqual([
      ['2025-10-25T21:59'],
      ['2025-10-25T22:00', '2025-10-26T22:59'],
      ['2025-10-26T23:00'],
    ]);
    const last = [...hours.values()].flat().map(({ startMs, endMs, value }) => [(endMs - startMs) / HOUR, value]); // prettier-ignore
    expect(last.slice(0, 2)).toEqual([
      [1, ['2025-03-30T01:15']],
      [2, ['2025-03-30T01:15', '2025-03-30T02:30']],
    ]);
  });

  describe('refuse', () => {
    const stream = () => new StreamFixture().queue<number>([]).assignTimestamps((n) => n);
    const refused = (text: string) =>
      expect.objectContaining({
        code: 'MR_GRAPH_INVALID_ARGUMENT',
        message: expect.stringContaining(text) as string,
      }) as Error;

    it.each(['Mars/Olympus', '', 'Berlin', 'local', 5, null, {}])('the time zone %s', (timeZone) => {
      expect(() => stream().tumbling(DAY, { timeZone: timeZone as string })).toThrow(refused('timeZone'));
      expect(() => stream().sliding(DAY, HOUR, { timeZone: timeZone as string })).toThrow(
        refused('Europe/Berlin'),
      );
    });

    it.each([10, -10, 1.5, Number.NaN, '5', null])('the offset %s of windows of 10 ms', (offsetMs) => {
      expect(() => stream().tumbling(10, { offsetMs: offsetMs as number })).toThrow(refused('offsetMs'));
      expect(() => stream().sliding(100, 10, { offsetMs: offsetMs as number })).toThrow(refused('offsetMs'));
    });

    it('unknown options', () => {
      expect(() => stream().tumbling(10, { zone: 'UTC' } as never)).toThrow(refused('option zone'));
      expect(() => stream().tumbling(10, 'UTC' as never)).toThrow(refused('the options'));
    });
  });
});
