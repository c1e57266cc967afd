import { describe, expect, it } from 'vitest';
import { lostOfTime } from './time-text.ts';

describe('lostOfTime', () => {
  it.each([
    ['2026-11-30', 'DATE', undefined],
    ['2026-11-30 12:00', 'DATE', 'a time of day'],
    ['2026-11-30 12:00:00.123456', 'TIMESTAMP', undefined],
    ['2026-11-30 12:00:00.1234567+01', 'TIMESTAMP WITH TIME ZONE', 'smaller parts of a second'],
    ['2026-11-30T12:00:00.000Z', 'TIMESTAMP_S', undefined],
    ['2026-11-30T12:00:00.001Z', 'TIMESTAMP_S', 'smaller parts of a second'],
    ['2026-11-30T12:00:00.1230Z', 'TIMESTAMP_MS', undefined],
    ['12:00:00.123456789', 'TIME', 'smaller parts of a second'],
    ['2026-11-30 12:00:00.123456789', 'TIMESTAMP_NS', undefined],
    ['1.23456789', 'VARCHAR', undefined],
  ])('of %o in a column of type %s is %s', (text, type, lost) => {
    expect(lostOfTime(text, type)).toBe(lost);
  });
});
