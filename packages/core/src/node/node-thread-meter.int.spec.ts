// The thread as Node.js measures the thread: real ticks, and a loop that is blocked for a moment.
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { NodeThreadMeter } from './node-thread-meter.ts';

const TICK_MS = 5;

const passed = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function block(ms: number): void {
  const begun = performance.now();
  while (performance.now() - begun < ms);
}

async function opened() {
  const meter = new NodeThreadMeter(TICK_MS);
  await meter.open();
  onTestFinished(() => meter.close());
  return meter;
}

describe('NodeThreadMeter', () => {
  it('reads heap, resident bytes and processor time, also before the engine opens', () => {
    const reading = new NodeThreadMeter().read();
    expect(reading.loopDelay).toBeUndefined();
    expect(reading.heapUsedBytes).toBeGreaterThan(1_000_000);
    expect(reading.heapLimitBytes).toBeGreaterThan(reading.heapUsedBytes);
    expect(reading.residentBytes).toBeGreaterThan(reading.heapUsedBytes);
    expect(reading.cpuMs).toBeGreaterThan(0);
  });

  it('measures delays from the first reading on, each since the reading before', async () => {
    const meter = await opened();
    expect(meter.read().loopDelay).toBeUndefined();
    // Directly behind a reading, as by an observer that works on the reading.
    block(200);
    await passed(50);
    const blocked = meter.read().loopDelay;
    expect(blocked?.maxMs).toBeGreaterThan(150);
    // A busy machine delays this thread, too.
    const free = await vi.waitUntil(
      async () => {
        await passed(50);
        const delay = meter.read().loopDelay;
        return delay !== undefined && delay.maxMs < 150 ? delay : undefined;
      },
      { timeout: 30_000 },
    );
    expect(free.p50Ms).toBeGreaterThanOrEqual(0);
    expect(free.p95Ms).toBeGreaterThanOrEqual(free.p50Ms ?? Infinity);
  });

  it('has no timer before the first reading, and none after the end', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    const meter = await opened();
    expect(timers()).toBe(before);
    meter.read();
    await meter.close();
    expect(meter.read().loopDelay).toBeUndefined();
    expect(timers()).toBe(before);
  });
});
