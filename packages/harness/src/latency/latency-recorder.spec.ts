import { describe, expect, it } from 'vitest';
import { LatencyRecorder } from './latency-recorder.ts';

function recorderOf(delays: Iterable<number>): LatencyRecorder {
  const recorder = new LatencyRecorder();
  for (const delayMs of delays) recorder.record(delayMs);
  return recorder;
}

describe('LatencyRecorder', () => {
  it('returns percentiles to three digits', () => {
    const summary = recorderOf(Array.from({ length: 1_000 }, (_, index) => (index + 1) / 10)).summary();
    expect(summary.count).toBe(1_000);
    expect(summary.mean).toBeCloseTo(50.05);
    for (const [name, ms] of [
      ['p50', 50],
      ['p90', 90],
      ['p99', 99],
      ['p999', 99.9],
      ['max', 100],
    ] as const)
      expect(Math.abs(summary[name] - ms)).toBeLessThan(0.1);
  });

  it('keeps one long delay among very many', () => {
    const recorder = new LatencyRecorder();
    recorder.record(0.3, 1_000_000);
    recorder.record(2_500);
    expect(recorder.summary().p999).toBeCloseTo(0.3, 2);
    expect(recorder.summary().max).toBeCloseTo(2_500, -1);
  });

  it('keeps every percentile between the shortest and the longest delay', () => {
    for (const delayMs of [0.0004, 3.0004, 2_500.3, 70_001.7, 3_599_999.4]) {
      const recorder = recorderOf([delayMs]);
      const { p50, p90, p99, p999, max } = recorder.summary();
      expect([p50, p90, p99, p999, max]).toEqual(Array.from({ length: 5 }, () => delayMs));
      for (const { ms } of recorder.curve()) expect(ms).toBe(delayMs);
    }
  });

  it('has percentiles that never fall', () => {
    const random = (index: number) => ((index * 7_919) % 10_007) * 0.73;
    const { p50, p90, p99, p999, max } = recorderOf(
      Array.from({ length: 3_000 }, (_, n) => random(n)),
    ).summary();
    expect([p50, p90, p99, p999, max].toSorted((a, b) => a - b)).toEqual([p50, p90, p99, p999, max]);
  });

  it('clamps impossible delays: below zero, above an hour', () => {
    const recorder = recorderOf([-5, 1e12]);
    expect(recorder.percentileMs(50)).toBe(0);
    expect(recorder.summary().max).toBeGreaterThan(3_590_000);
  });

  it('has no delays before the first record and after a reset', () => {
    const recorder = recorderOf([7]);
    recorder.reset();
    expect(recorder.summary()).toEqual({ count: 0, mean: 0, p50: 0, p90: 0, p99: 0, p999: 0, max: 0 });
    expect(recorder.curve()).toEqual([]);
  });

  it('leaves out percentiles that need more delays than recorded', () => {
    const percentiles = recorderOf(Array.from({ length: 100 }, () => 1)).curve();
    expect(percentiles.at(-1)?.percentile).toBe(99);
  });
});
