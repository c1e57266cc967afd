// An engine whose clock is moved by hand: a hundred thousand batches need no waiting, and each batch does the same work
// as in real time.
import { ManualClock } from '@millrace/core';
import { StreamingContext, type StreamingContextOptions } from '@millrace/engine';
import { collectGarbage } from '../runner/heap.ts';
import type { Readings } from '../runner/suite.ts';
import { clockedBy, quiet } from '../streams/quiet-plugins.ts';

const INTERVAL_MS = 1_000;

/** The metric of the suites about scale. */
export const TIME = 'time of a batch';
/** The heap after a collection of all garbage. */
export const HEAP = 'heap';

/** Their units. */
export const SCALE_METRICS = [
  { name: TIME, unit: 'ms', better: 'less' },
  { name: HEAP, unit: 'MiB', better: 'less' },
] as const;

/** A program whose batches run one after the other. */
export class ManualEngine {
  readonly #clock = new ManualClock();
  readonly #ssc: StreamingContext;
  readonly #beforeBatch: () => number;
  #batches = 0;
  #given = 0;
  #arrived = 0;
  #failure: unknown;

  /** @param beforeBatch Called before each batch: adds records and returns their number. */
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

  /** Starts the engine. */
  async start(): Promise<void> {
    await this.#ssc.start();
    this.#ssc.awaitTermination().catch((error: unknown) => (this.#failure = error));
  }

  /** Runs this many batches. @returns the mean time of a batch in milliseconds. */
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

  /** Runs this many batches and returns the figures of `SCALE_METRICS`. */
  async measure(batches: number): Promise<Readings> {
    const timeMs = await this.run(batches);
    collectGarbage();
    return { [TIME]: timeMs, [HEAP]: process.memoryUsage().heapUsed / 2 ** 20 };
  }

  /** Stops the engine at once. */
  async close(): Promise<void> {
    await this.#ssc.stop({ graceful: false });
  }
}

/** An output that only reads the records. */
export function drain(records: Iterable<unknown>): void {
  for (const record of records) if (record === undefined) throw new Error('a record was lost');
}
