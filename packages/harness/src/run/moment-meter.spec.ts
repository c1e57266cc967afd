import { describe, expect, it } from 'vitest';
import { type MomentCounts, MomentMeter } from './moment-meter.ts';

function meterOf(...counts: MomentCounts[]): MomentMeter {
  const left = [...counts];
  const meter = new MomentMeter(1_000_000, () => left.shift() ?? { sent: 0, blocks: 0, atMs: 0 });
  meter.start();
  for (let taken = 1; taken < counts.length; taken += 1) meter.take();
  meter.stop();
  return meter;
}

describe('MomentMeter', () => {
  it('gives rates since the moment before', () => {
    const { points } = meterOf(
      { sent: 100, blocks: 10, atMs: 5_000 },
      { sent: 300, blocks: 12, atMs: 5_500 },
      { sent: 400, blocks: 12, atMs: 7_500 },
    );
    expect(points).toMatchObject([
      { atSeconds: 0.5, blocksPerSecond: 4, recordsPerSecond: 400 },
      { atSeconds: 2.5, blocksPerSecond: 0, recordsPerSecond: 50 },
    ]);
    for (const { heapBytes, eventLoopDelayMs, limitPerSecond } of points) {
      expect(heapBytes).toBeGreaterThan(0);
      expect(eventLoopDelayMs).toBeGreaterThanOrEqual(0);
      expect(limitPerSecond).toBeUndefined();
    }
  });

  it('adds the newest limits of all streams, known before the start', () => {
    const moments = [0, 1].map((atMs) => ({ sent: 0, blocks: 0, atMs }));
    const meter = new MomentMeter(1_000, () => moments.shift() ?? { sent: 0, blocks: 0, atMs: 2 });
    meter.onLimit(0, 100);
    meter.onLimit(1, 50);
    meter.onLimit(0, 70);
    meter.start();
    meter.take();
    meter.stop();
    expect(meter.points).toMatchObject([{ limitPerSecond: 120 }]);
  });

  it('leaves out an unlimited rate', () => {
    const moments = [0, 1].map((atMs) => ({ sent: 0, blocks: 0, atMs }));
    const meter = new MomentMeter(1_000, () => moments.shift() ?? { sent: 0, blocks: 0, atMs: 2 });
    meter.onLimit(0, Number.POSITIVE_INFINITY);
    meter.start();
    meter.take();
    meter.stop();
    expect(meter.points).toHaveLength(1);
    expect(meter.points[0]).not.toHaveProperty('limitPerSecond');
  });
});
