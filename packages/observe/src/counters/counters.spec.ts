import { expect, it } from 'vitest';
import { anyBatch } from '../../test/virtual-engine.ts';
import { DurationHistogram } from './duration-histogram.ts';
import { GrowthMeter } from './growth-meter.ts';
import { DurationRing, quantilesOf } from './quantiles.ts';
import { RecentAmounts } from './recent-amounts.ts';
import { RollingSum } from './rolling-sum.ts';
import { StepWindow, WINDOW_STEPS } from './step-window.ts';

it('sums the newest time, to a twelfth', () => {
  const sum = new RollingSum(120_000);
  expect(sum.sum(5_000)).toBe(0);
  sum.add(3, 0);
  sum.add(4, 60_000);
  expect(sum.sum(119_999)).toBe(7);
  expect(sum.sum(120_000)).toBe(4);
  expect(sum.sum(1_000_000)).toBe(0);
  sum.add(1, 1_000_000);
  expect(sum.sum(1_000_000)).toBe(1);
});

it('measures the growth of an amount over its span', () => {
  const meter = new GrowthMeter(60_000);
  expect(meter.perSecond).toBe(undefined);
  for (let second = 0; second <= 14; second += 1) meter.take(300 * second, 1_000 * second);
  expect(meter.perSecond).toBe(undefined);
  meter.take(4_500, 15_000);
  expect(meter.perSecond).toBe(300);
  // The growth of an hour ago is forgotten.
  for (let second = 16; second <= 200; second += 1) meter.take(4_500, 1_000 * second);
  expect(meter.perSecond).toBe(0);
  meter.clear();
  expect(meter.perSecond).toBe(undefined);
});

it('finds quantiles by nearest rank', () => {
  expect(quantilesOf(new Float64Array(0))).toEqual({ p50: 0, p95: 0, p99: 0, max: 0 });
  const durations = Float64Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(quantilesOf(durations)).toEqual({ p50: 50, p95: 95, p99: 99, max: 100 });
  const ring = new DurationRing(3);
  for (const ms of [100, 1, 2, 3]) ring.add(ms);
  expect(ring.quantiles()).toEqual({ p50: 2, p95: 3, p99: 3, max: 3 });
});

it('counts durations in buckets', () => {
  const histogram = new DurationHistogram([0.001, 0.1]);
  for (const ms of [-5, 1, 1.1, 100, 100.1]) histogram.record(ms);
  expect([...histogram.counts]).toEqual([2, 2, 1]);
  expect(histogram.count).toBe(5);
  expect(histogram.sum).toBeCloseTo(0.2022);
});

it('has one step for each batch, and one for 250 ms of shorter batches', () => {
  const long = new StepWindow();
  for (let index = 0; index < 30; index += 1) long.add(anyBatch(index, { waitMs: index }), 1_000);
  expect(long.steps).toHaveLength(WINDOW_STEPS);
  expect(long.seconds).toBe(20);
  expect(long.steps.at(-1)).toMatchObject({
    number: 29,
    batches: 1,
    waitMs: 30,
    processingMs: 300,
    spanMs: 1_000,
  });

  const short = new StepWindow();
  for (let index = 0; index < 50; index += 1) short.add(anyBatch(10 * index, { processMs: index % 2 }), 10);
  expect(short.steps.map(({ batches }) => batches)).toEqual([25, 25]);
  expect(short.steps[0]).toMatchObject({ records: 250, batchTime: 240, spanMs: 250 });
  expect(short.steps[1]?.processingMs).toBeCloseTo(13 / 25, 5);
});

it('sums amounts over the steps of the window', () => {
  const amounts = new RecentAmounts();
  amounts.add(0, 5);
  amounts.add(19, 7);
  expect(amounts.sum(19)).toBe(12);
  expect(amounts.sum(20)).toBe(7);
  amounts.add(20, 1);
  expect(amounts.sum(38)).toBe(8);
  expect(amounts.sum(39)).toBe(1);
  expect(amounts.sum(500)).toBe(0);
});
