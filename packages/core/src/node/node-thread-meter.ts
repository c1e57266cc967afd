// The thread as Node.js knows the thread. A timer records by how much each of its ticks is late; the timer exists from
// the first reading to the end of the engine, so an engine without an observer has none. `monitorEventLoopDelay` would
// lose the tick behind each reading, and with it a thread that its observer blocks.
import { createHistogram, performance, type RecordableHistogram } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import type { LoopDelay, ThreadReading } from '../contracts/engine-gauges.ts';
import type { ManagedResource } from '../contracts/managed-resource.ts';
import type { ThreadMeter } from '../contracts/thread-meter.ts';

/** The time between two ticks: 20 wake-ups a second cost a permille of a processor. */
const TICK_MS = 50;

const MICROSECONDS_PER_MS = 1_000;

/** Measures the thread that made the meter. Delays are measured between `open` and `close` only. */
export class NodeThreadMeter implements ThreadMeter, ManagedResource {
  readonly #tickMs: number;
  #isOpen = false;
  #timer: NodeJS.Timeout | undefined;
  #delays: RecordableHistogram | undefined;
  #tickedMs = 0;

  /** @param tickMs The time between two measurements, in milliseconds. Default 50. */
  constructor(tickMs = TICK_MS) {
    this.#tickMs = tickMs;
  }

  async open(): Promise<void> {
    this.#isOpen = true;
  }

  async close(): Promise<void> {
    this.#isOpen = false;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#delays = undefined;
  }

  read(): ThreadReading {
    const loopDelay = this.#loopDelay();
    const { used_heap_size: heapUsedBytes, heap_size_limit: heapLimitBytes } = getHeapStatistics();
    const { user, system } = process.cpuUsage();
    return {
      ...(loopDelay === undefined ? {} : { loopDelay }),
      heapUsedBytes,
      heapLimitBytes,
      residentBytes: process.memoryUsage.rss(),
      cpuMs: (user + system) / MICROSECONDS_PER_MS,
    };
  }

  /** Undefined at the first reading, and without a tick since the reading before. */
  #loopDelay(): LoopDelay | undefined {
    if (this.#isOpen && this.#delays === undefined) this.#begin();
    const delays = this.#delays;
    if (delays === undefined || delays.count === 0) return undefined;
    const loopDelay = {
      p50Ms: delays.percentile(50) / MICROSECONDS_PER_MS,
      p95Ms: delays.percentile(95) / MICROSECONDS_PER_MS,
      maxMs: delays.max / MICROSECONDS_PER_MS,
    };
    delays.reset();
    return loopDelay;
  }

  #begin(): void {
    const delays = createHistogram();
    this.#delays = delays;
    this.#tickedMs = performance.now();
    this.#timer = setInterval(() => {
      const nowMs = performance.now();
      const lateMs = nowMs - this.#tickedMs - this.#tickMs;
      this.#tickedMs = nowMs;
      delays.record(Math.max(1, Math.round(lateMs * MICROSECONDS_PER_MS)));
    }, this.#tickMs);
    // The meter keeps no process alive.
    this.#timer.unref();
  }
}
