// An engine whose time is moved by hand: a hundred thousand batches need no waiting, and each of them does all the work
// that it does in real time.
import { ManualClock } from '@millrace/core';
import { StreamingContext, type StreamingContextOptions } from '@millrace/engine';
import { collectGarbage } from '../runner/heap.ts';
import type { Readings } from '../runner/suite.ts';
import { clockedBy, quiet } from '../streams/quiet-plugins.ts';

const INTERVAL_MS = 1_000;

/** What the suites about scale measure. */
export const TIME = 'time of a batch';
/** The heap after everything that nobody holds is gone. */
export const HEAP = 'heap';

/** Their units. */
export const SCALE_METRICS = [
  { name: TIME, unit: 'ms', better: 'less' },
  { name: HEAP, unit: 'MiB', better: 'less' },
] as const;

/** A program whose batches are made one after the other. */
export class ManualEngine {
  readonly #clock = new ManualClock();
  readonly #ssc: StreamingContext;
  readonly #beforeBatch: () => number;
  #batches = 0;
  #given = 0;
  #arrived = 0;
  #failure: unknown;

  /** @param beforeBatch Called before each batch: gives it records and answers how many. */
  constructor(
    program: (ssc: StreamingContext) => void,
    options: Partial<StreamingContextOptions> = {},
    beforeBatch: () => number = () => 0,
  ) {
    this.#beforeBatch = beforeBatch;
    this.#ssc = new StreamingContext({
      appName: 'bench',
      batchIntervalMs: INTERVAL_MS,
      ...options,
      plugins: [quiet(), clockedBy(this.#clock)],
    });
    this.#ssc.on('batch:completed', ({ batch }) => {
      this.#batches += 1;
      this.#arrived += batch.recordCount;
    });
    program(this.#ssc);
  }

  /** Starts it. */
  async start(): Promise<void> {
    await this.#ssc.start();
    this.#ssc.awaitTermination().catch((error: unknown) => (this.#failure = error));
  }

  /** Makes so many batches. @returns milliseconds for each, on average. */
  async run(batches: number): Promise<number> {
    const from = performance.now();
    const expected = this.#batches + batches;
    for (let count = 0; count < batches; count += 1) {
      this.#given += this.#beforeBatch();
      await this.#clock.advance(INTERVAL_MS);
      if (this.#failure !== undefined) throw this.#failure;
    }
    const tookMs = performance.now() - from;
    if (this.#batches < expected) throw new Error(`${this.#batches} of ${expected} batches completed`);
    if (this.#arrived !== this.#given) throw new Error(`${this.#arrived} of ${this.#given} records arrived`);
    return tookMs / batches;
  }

  /** Makes so many batches, and answers the figures of `SCALE_METRICS`. */
  async measure(batches: number): Promise<Readings> {
    const timeMs = await this.run(batches);
    collectGarbage();
    return { [TIME]: timeMs, [HEAP]: process.memoryUsage().heapUsed / 2 ** 20 };
  }

  /** Ends it at once. */
  async close(): Promise<void> {
    await this.#ssc.stop({ graceful: false });
  }
}
