// The course of a measurement at equal distances: rates, heap, delay of the event loop, rate limits.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { MomentPoint } from './workload-report.ts';

/** The number of moments of a measurement, unless the measurement is short. */
const MOMENTS = 300;
const SHORTEST_MS = 100;
const RESOLUTION_MS = 10;
const NANOSECONDS_PER_MS = 1e6;

/** The counts so far. */
export interface MomentCounts {
  readonly sent: number;
  readonly blocks: number;
  readonly atMs: number;
}

/** Measures from `start` to `stop`. */
export class MomentMeter {
  readonly #everyMs: number;
  readonly #counts: () => MomentCounts;
  readonly #limits = new Map<number, number>();
  readonly #points: MomentPoint[] = [];
  readonly #loop = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  #timer: NodeJS.Timeout | undefined;
  #startedMs = 0;
  #last: MomentCounts = { sent: 0, blocks: 0, atMs: 0 };

  /**
   * @param durationMs The length of the measurement.
   * @param counts Returns the counts at the moment of the call.
   */
  constructor(durationMs: number, counts: () => MomentCounts) {
    this.#everyMs = Math.max(SHORTEST_MS, durationMs / MOMENTS);
    this.#counts = counts;
  }

  /** The moments so far. */
  get points(): readonly MomentPoint[] {
    return this.#points;
  }

  /** Remembers the newest limit of a stream, also before the start. */
  onLimit(streamId: number, recordsPerSecond: number): void {
    this.#limits.set(streamId, recordsPerSecond);
  }

  /** Starts measuring. */
  start(): void {
    this.#last = this.#counts();
    this.#startedMs = this.#last.atMs;
    this.#loop.enable();
    this.#timer = setInterval(() => this.take(), this.#everyMs);
    this.#timer.unref();
  }

  /** Ends measuring. */
  stop(): void {
    clearInterval(this.#timer);
    this.#loop.disable();
  }

  /** Adds a moment. */
  take(): void {
    const now = this.#counts();
    const seconds = (now.atMs - this.#last.atMs) / 1_000;
    if (seconds <= 0) return;
    const limit = [...this.#limits.values()].reduce((sum, one) => sum + one, 0);
    this.#points.push({
      atSeconds: (now.atMs - this.#startedMs) / 1_000,
      blocksPerSecond: (now.blocks - this.#last.blocks) / seconds,
      recordsPerSecond: (now.sent - this.#last.sent) / seconds,
      heapBytes: process.memoryUsage().heapUsed,
      // The histogram keeps distances between ticks, and each distance contains the resolution.
      eventLoopDelayMs: Math.max(0, this.#loop.max / NANOSECONDS_PER_MS - RESOLUTION_MS),
      ...(limit > 0 && Number.isFinite(limit) ? { limitPerSecond: limit } : {}),
    });
    this.#loop.reset();
    this.#last = now;
  }
}
