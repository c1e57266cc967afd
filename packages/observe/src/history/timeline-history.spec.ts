import { expect, it } from 'vitest';
import { INPUTS_MAX } from './batch-rows.ts';
import { type CompletedBatch, MINUTES_MAX, RECENT_POINTS_MAX, TimelineHistory } from './timeline-history.ts';

function anyCompleted(differences: Partial<CompletedBatch>): CompletedBatch {
  return {
    batchTime: 0,
    isFailed: false,
    records: 100,
    schedulingMs: 1,
    processingMs: 2,
    totalMs: 3,
    rateLimit: undefined,
    intervalMs: 1_000,
    inputs: [],
    ...differences,
  };
}

const input = (streamId: number, records: number, rateLimit?: number) => ({
  streamId,
  name: `stream-${streamId}`,
  records,
  rateLimit,
});

it('has one point for each batch, with rates and limits', () => {
  const history = new TimelineHistory();
  history.add(anyCompleted({ batchTime: 500, inputs: [input(3, 40)] }));
  history.add(
    anyCompleted({
      batchTime: 1_500,
      isFailed: true,
      rateLimit: 70,
      inputs: [input(3, 60, 70), input(5, 40)],
    }),
  );
  expect(history.toTimelines().recent).toEqual({
    timeMs: [500, 1_500],
    batches: [1, 1],
    failed: [0, 1],
    recordsPerSecond: [100, 100],
    schedulingMs: [1, 1],
    processingMs: [2, 2],
    totalMs: [3, 3],
    maxTotalMs: [3, 3],
    rateLimit: [null, 70],
    inputs: [
      { name: 'stream-3', recordsPerSecond: [40, 60], rateLimit: [null, 70] },
      { name: 'stream-5', recordsPerSecond: [0, 40], rateLimit: [null, null] },
    ],
  });
});

it('merges batches of short intervals to points of 250 ms', () => {
  const history = new TimelineHistory();
  for (let index = 0; index < 100; index += 1) {
    const totalMs = index === 30 ? 400 : 4;
    history.add(anyCompleted({ batchTime: 10_000 + 10 * index, intervalMs: 10, records: 5, totalMs }));
  }
  const { recent } = history.toTimelines();
  expect(recent.timeMs).toEqual([10_000, 10_250, 10_500, 10_750]);
  expect(recent.batches).toEqual([25, 25, 25, 25]);
  expect(recent.recordsPerSecond).toEqual([500, 500, 500, 500]);
  expect(recent.maxTotalMs).toEqual([4, 400, 4, 4]);
  expect(recent.totalMs[1]).toBeCloseTo((24 * 4 + 400) / 25, 1);
});

it('rounds the width of points up to whole intervals', () => {
  const history = new TimelineHistory();
  for (let index = 0; index < 9; index += 1)
    history.add(anyCompleted({ batchTime: 3_000 + 100 * index, intervalMs: 100 }));
  expect(history.toTimelines().recent.timeMs).toEqual([3_000, 3_300, 3_600]);
});

it('keeps one point a minute for batches that are older than the newest points', () => {
  const history = new TimelineHistory();
  const count = RECENT_POINTS_MAX + 150;
  for (let index = 0; index < count; index += 1) {
    const isFailed = index === 61;
    history.add(
      anyCompleted({ batchTime: 1_000 * index, isFailed, totalMs: index, inputs: [input(1, 50, 90)] }),
    );
  }
  const { recent, day } = history.toTimelines();
  expect(recent.timeMs).toHaveLength(RECENT_POINTS_MAX);
  expect(recent.timeMs[0]).toBe(150_000);
  expect(day.timeMs).toEqual([0, 60_000, 120_000]);
  expect(day.batches).toEqual([60, 60, 30]);
  expect(day.failed).toEqual([0, 1, 0]);
  expect(day.recordsPerSecond).toEqual([100, 100, 100]);
  expect(day.maxTotalMs).toEqual([59, 119, 149]);
  expect(day.totalMs).toEqual([29.5, 89.5, 134.5]);
  expect(day.inputs).toEqual([{ name: 'stream-1', recordsPerSecond: [50, 50, 50], rateLimit: [90, 90, 90] }]);
});

it('forgets minutes after a day', () => {
  const history = new TimelineHistory();
  const minutes = RECENT_POINTS_MAX + MINUTES_MAX + 10;
  for (let index = 0; index < minutes; index += 1)
    history.add(anyCompleted({ batchTime: 60_000 * index, intervalMs: 60_000 }));
  const { day } = history.toTimelines();
  expect(day.timeMs).toHaveLength(MINUTES_MAX);
  expect(day.timeMs[0]).toBe(600_000);
});

it('sums inputs above the bound as others', () => {
  const history = new TimelineHistory();
  const inputs = Array.from({ length: INPUTS_MAX + 50 }, (_, id) => input(id, 2, 3));
  history.add(anyCompleted({ batchTime: 1_000, inputs }));
  const { recent } = history.toTimelines();
  expect(recent.inputs).toHaveLength(INPUTS_MAX + 1);
  expect(recent.inputs.at(-1)).toEqual({ name: 'others', recordsPerSecond: [100], rateLimit: [150] });
});

it('gives the newest points alone', () => {
  const history = new TimelineHistory();
  for (let index = 0; index < 10; index += 1) history.add(anyCompleted({ batchTime: 1_000 * index }));
  expect(history.toTimelines(3).recent.timeMs).toEqual([7_000, 8_000, 9_000]);
  expect(history.recentFrom(8_000).timeMs).toEqual([8_000, 9_000]);
  expect(history.recentFrom(Number.POSITIVE_INFINITY).timeMs).toEqual([]);
});

it('tells no rates before the interval is known', () => {
  const history = new TimelineHistory();
  history.add(anyCompleted({ batchTime: 1_000, intervalMs: 0 }));
  expect(history.toTimelines().recent.recordsPerSecond).toEqual([0]);
});
