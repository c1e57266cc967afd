// The cost of a run for its process: processor time, heap, and garbage collection pauses.
import { constants, PerformanceObserver } from 'node:perf_hooks';
import { LatencyRecorder, type LatencySummary } from '../latency/latency-recorder.ts';

/** The cost of a run. */
export interface ProcessCost {
  /** Average number of busy processors: 1 means one fully used processor. */
  readonly cores: number;
  readonly heapMeanBytes: number;
  readonly heapMaxBytes: number;
  readonly rssMaxBytes: number;
  /** Garbage collection pauses in milliseconds. */
  readonly gcPauses: LatencySummary;
  /** Sum of all pauses, in milliseconds. */
  readonly gcTotalMs: number;
  /** Number of collections of the old heap. */
  readonly majorCollections: number;
}

const SAMPLE_MS = 100;

/** Measures from `start` to `stop`. */
export class ProcessMeter {
  readonly #pauses = new LatencyRecorder();
  readonly #observer: PerformanceObserver;
  #gcTotalMs = 0;
  #majorCollections = 0;
  #timer: NodeJS.Timeout | undefined;
  #cpu = process.cpuUsage();
  #startedMs = 0;
  #samples = 0;
  #heapSum = 0;
  #heapMax = 0;
  #rssMax = 0;

  constructor() {
    this.#observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const { duration } = entry;
        this.#pauses.record(duration);
        this.#gcTotalMs += duration;
        // Node reports the kind of a collection in the detail, which is missing in the types.
        const { detail } = entry as unknown as { readonly detail?: { readonly kind?: number } };
        if (detail?.kind === constants.NODE_PERFORMANCE_GC_MAJOR) this.#majorCollections += 1;
      }
    });
  }

  /** Starts measuring. */
  start(): void {
    this.#observer.observe({ entryTypes: ['gc'] });
    this.#cpu = process.cpuUsage();
    this.#startedMs = performance.now();
    this.#timer = setInterval(() => this.#sample(), SAMPLE_MS);
    this.#timer.unref();
    this.#sample();
  }

  /** Ends measuring and returns the cost. */
  stop(): ProcessCost {
    clearInterval(this.#timer);
    this.#sample();
    const { user, system } = process.cpuUsage(this.#cpu);
    const elapsedMs = performance.now() - this.#startedMs;
    this.#observer.disconnect();
    return {
      cores: (user + system) / 1_000 / elapsedMs,
      heapMeanBytes: this.#heapSum / this.#samples,
      heapMaxBytes: this.#heapMax,
      rssMaxBytes: this.#rssMax,
      gcPauses: this.#pauses.summary(),
      gcTotalMs: this.#gcTotalMs,
      majorCollections: this.#majorCollections,
    };
  }

  #sample(): void {
    const { heapUsed, rss } = process.memoryUsage();
    this.#samples += 1;
    this.#heapSum += heapUsed;
    this.#heapMax = Math.max(this.#heapMax, heapUsed);
    this.#rssMax = Math.max(this.#rssMax, rss);
  }
}
