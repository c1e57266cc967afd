// An engine in memory whose clock stands still, so that a benchmark runs batches one after the other at full speed: the
// work of a batch is measured, not the waiting.
import {
  pluginModule,
  Clock,
  definePlugin,
  Logger,
  ManualClock,
  NoopLogger,
  noOptions,
  type Plugin,
} from '@millrace/core';
import { StreamingContext, type DStream } from '@millrace/engine';

const INTERVAL_MS = 1_000;

/** Settings of a stepped engine. */
export interface SteppedEngineOptions {
  /** Default: 1,000. */
  readonly batchIntervalMs?: number;
  /** Plugins beside the clock and the logger of the bench. */
  readonly plugins?: readonly Plugin[];
}

/** A program that runs one batch at a time. */
export class SteppedEngine<T> {
  readonly #intervalMs: number;
  readonly #clock = new ManualClock();
  readonly #queue: (readonly T[])[] = [];
  readonly #ssc: StreamingContext;
  readonly #started: Promise<void>;
  #failure: unknown;

  /** @param program Applied to the stream of batches; each batch is one partition. */
  constructor(
    program: (stream: DStream<T>) => void,
    { batchIntervalMs = INTERVAL_MS, plugins = [] }: SteppedEngineOptions = {},
  ) {
    this.#intervalMs = batchIntervalMs;
    const clock = this.#clock;
    const plugin = definePlugin({
      name: 'bench-clock',
      version: '1.0.0',
      contract: 1,
      provides: [Clock, Logger],
      optionsSchema: noOptions,
      module: () =>
        pluginModule((bind) => {
          bind(Clock).toConstantValue(clock);
          bind(Logger).toConstantValue(new NoopLogger());
        }),
    });
    this.#ssc = new StreamingContext({
      appName: 'bench',
      batchIntervalMs,
      plugins: [plugin(), ...plugins],
      defaultParallelism: 1,
    });
    program(this.#ssc.queueStream(this.#queue, { partitions: 1 }));
    this.#started = this.#ssc.start();
    this.#started.then(() => this.#ssc.awaitTermination()).catch((error: unknown) => (this.#failure = error));
  }

  /** Resolves when the engine runs; before, the first batch waits for the same. */
  get started(): Promise<void> {
    return this.#started;
  }

  /** Runs a batch of these records to completion. */
  async batch(records: readonly T[]): Promise<void> {
    await this.#started;
    this.#queue.push(records);
    await this.#clock.advance(this.#intervalMs);
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Stops the engine. */
  async close(): Promise<void> {
    await this.#ssc.stop({ graceful: false });
  }
}
