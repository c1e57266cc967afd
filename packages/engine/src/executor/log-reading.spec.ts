import type { LogGauges } from '@millrace/core/observation';
import { describe, expect, it } from 'vitest';
import { logReading } from './log-reading.ts';

const AMOUNTS = { sizeBytes: 1, segments: 2, syncs: 3, errors: 4 };

describe('logReading', () => {
  it('copies the amounts of a log', () => {
    const gauges: LogGauges = {
      ...AMOUNTS,
      kind: 'file',
      syncMs: { p50: 1, p99: 2, max: 3 },
      roomBytes: 5,
      unconfirmed: { entries: 1, bytes: 2, oldestMs: 3 },
      followers: { count: 2, behind: 1, lag: 4, ageMs: 5 },
    };
    const reading = logReading(() => gauges);
    expect(reading).toEqual(gauges);
    expect(reading?.syncMs).not.toBe(gauges.syncMs);
    expect(reading?.unconfirmed).not.toBe(gauges.unconfirmed);
  });

  it('leaves out a log without an answer, with an error, and with wrong amounts', () => {
    expect(logReading(() => undefined)).toBeUndefined();
    expect(
      logReading(() => {
        throw new Error('closed');
      }),
    ).toBeUndefined();
    expect(logReading(() => ({ ...AMOUNTS, sizeBytes: Number.NaN }))).toBeUndefined();
    expect(logReading(() => 'none' as never)).toBeUndefined();
  });

  it('leaves out wrong durations and an unbounded room', () => {
    const syncMs = { p50: 1, p99: -1, max: 3 };
    expect(logReading(() => ({ ...AMOUNTS, syncMs, roomBytes: Infinity }))).toEqual(AMOUNTS);
    expect(logReading(() => ({ ...AMOUNTS, syncMs: null as never }))).toEqual(AMOUNTS);
  });

  it('leaves out a kind that is no word, and wrong amounts of unconfirmed writes and followers', () => {
    for (const kind of ['', 'File', 'a'.repeat(33), 'two words', '9p', 7 as never])
      expect(logReading(() => ({ ...AMOUNTS, kind }))).toEqual(AMOUNTS);
    const unconfirmed = { entries: 1, bytes: -1, oldestMs: 0 };
    const followers = { count: 2, behind: 0, lag: Infinity, ageMs: 0 };
    expect(logReading(() => ({ ...AMOUNTS, unconfirmed, followers }))).toEqual(AMOUNTS);
  });
});
