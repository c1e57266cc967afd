import { describe, expect, it } from 'vitest';
import { readBatchLine } from './batch-line.ts';
import { makePool } from './line-pool.ts';
import { measureSustained, MODEST_RATE, type RatedProgram } from './sustained-rate.ts';

const thorough = { seconds: 1, isQuick: false, warmUpMs: 1 };

/** A program with this duration of a batch, in milliseconds, at a rate. */
function programOf(
  totalMsAt: (rate: number) => number,
  behindMs = 0,
): RatedProgram & { readonly rates: number[] } {
  const rates: number[] = [];
  return {
    rates,
    send: (rate) => void rates.push(rate),
    watch: async () => {
      const rate = rates.at(-1) ?? 0;
      const totalMs = totalMsAt(rate);
      const batch = {
        batchTime: 0,
        records: rate,
        schedulingMs: 0,
        processingMs: Math.min(totalMs, 400),
        totalMs,
      };
      return { batches: [batch], behindMs: rate > MODEST_RATE ? behindMs : 0 };
    },
  };
}

describe('measureSustained', () => {
  it('doubles the rate while batches are quick, then adds quarters, until a batch is late', async () => {
    const program = programOf((rate) => rate / 500);
    const { rate } = await measureSustained(program, thorough);
    expect(program.rates.slice(0, 5)).toEqual([MODEST_RATE, 40_000, 80_000, 125_000, 156_250]);
    expect(rate).toBeGreaterThan(400_000);
    expect(rate).toBeLessThanOrEqual(500_000);
  });

  it('quadruples the rate while batches are very quick', async () => {
    const program = programOf((rate) => rate / 4_000);
    await measureSustained(program, thorough);
    expect(program.rates.slice(0, 6)).toEqual([MODEST_RATE, 40_000, 160_000, 320_000, 640_000, 1_000_000]);
  });

  it('sustains no rate at which the source falls behind', async () => {
    const readings = await measureSustained(
      programOf(() => 1, 2_000),
      thorough,
    );
    expect(readings['rate']).toBe(0);
    expect(readings['total p50']).toBeCloseTo(1, 1);
  });
});

describe('readBatchLine', () => {
  it('skips log lines of a system', () => {
    expect(readBatchLine('WARN something')).toBeUndefined();
    expect(readBatchLine('{"batchTime":5,"records":1}')).toMatchObject({ batchTime: 5 });
  });
});

describe('makePool', () => {
  it('makes the same text of 100 bytes per line on every call', () => {
    const lines = Buffer.from(makePool('text').slice(0, 3)).toString().split('\n');
    expect(lines.map((line) => line.length)).toEqual([99, 99, 99, 0]);
    expect(Buffer.from(makePool('text').slice(0, 3)).toString()).toBe(lines.join('\n'));
  });

  it('makes events whose time can be set', () => {
    const pool = makePool('ads');
    pool.stamp(1_700_000_000_000);
    const [event] = Buffer.from(pool.slice(7, 8)).toString().split('\n');
    expect(JSON.parse(event ?? '')).toMatchObject({ event_time: '1700000000000', ad_type: 'banner' });
  });
});
