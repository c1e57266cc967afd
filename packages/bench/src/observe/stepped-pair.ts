// The processor time of a watched engine without waiting: batches of 10 ms run one after the other on a clock that is moved by
// hand. No time passes between batches, in which other programs take the caches, so rounds differ by little; for the same
// reason both engines are faster than in service. Records come from memory, without a receiver.
import { fork, type ChildProcess } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { dashboard, type DashboardListening, LISTENING_CHANNEL } from '@millrace/dashboard';
import type { BenchProbe, Readings } from '../runner/suite.ts';
import { SteppedEngine } from '../streams/stepped-engine.ts';

const READER = fileURLToPath(new URL('live-reader.ts', import.meta.url));
const INTERVAL_MS = 10;
const RECORDS = 10_000;
/** A dashboard's parts that run once a second take that many batches to be compiled. */
const WARM_UP_BATCHES = 1_500;
const BATCHES = 500;
const QUICK_BATCHES = 20;
const OK = 200;

type Reading = readonly [key: string, value: number];

const READINGS: readonly Reading[] = Array.from({ length: RECORDS }, (_, index) => [
  `sensor-${(index * 7_919) % RECORDS}`,
  index,
]);

/** Names of the figures. */
export interface SteppedMetrics {
  /** Milliseconds of processor time for each second of the engine's clock. */
  readonly cpu: string;
  /** Records for each second of the engine's clock. */
  readonly records: string;
}

/** One engine of the pair. */
export function steppedProbe(name: string, isWatched: boolean, metrics: SteppedMetrics): BenchProbe {
  let running: Promise<SteppedRun> | undefined;
  return {
    name,
    measure: async ({ isQuick }) => {
      const isFirst = running === undefined;
      running ??= SteppedRun.start(isWatched);
      const run = await running;
      if (isFirst && !isQuick) await run.batches(WARM_UP_BATCHES);
      const batches = isQuick ? QUICK_BATCHES : BATCHES;
      const before = process.cpuUsage();
      await run.batches(batches);
      const { user, system } = process.cpuUsage(before);
      const seconds = (batches * INTERVAL_MS) / 1_000;
      const readings: Readings = {
        [metrics.cpu]: (user + system) / 1_000 / seconds,
        [metrics.records]: (batches * RECORDS) / seconds,
      };
      return readings;
    },
    close: async () => (await running)?.close(),
  };
}

class SteppedRun {
  readonly #engine: SteppedEngine<Reading>;
  #reader: ChildProcess | undefined;
  #counted = 0;

  private constructor(isWatched: boolean) {
    this.#engine = new SteppedEngine<Reading>(
      (stream) =>
        stream
          .filter(([, value]) => value >= 0)
          .map(([key]): [string, number] => [key, 1])
          .reduceByKey((left, right) => left + right)
          .foreachPartition((counts) => {
            for (const [, count] of counts) this.#counted += count;
          }),
      { batchIntervalMs: INTERVAL_MS, plugins: isWatched ? [dashboard({ port: 0 })] : [] },
    );
  }

  static async start(isWatched: boolean): Promise<SteppedRun> {
    let url = '';
    const listen = (message: unknown): void => void (url = (message as DashboardListening).url);
    subscribe(LISTENING_CHANNEL, listen);
    const run = new SteppedRun(isWatched);
    await run.#engine.started;
    unsubscribe(LISTENING_CHANNEL, listen);
    if (isWatched) await run.#watch(url);
    return run;
  }

  /** Runs batches. @throws when records are missing. */
  async batches(count: number): Promise<void> {
    const before = this.#counted;
    for (let batch = 0; batch < count; batch += 1) await this.#engine.batch(READINGS);
    if (this.#counted - before !== count * RECORDS)
      throw new Error(`counted ${this.#counted - before} records`);
  }

  async close(): Promise<void> {
    this.#reader?.kill();
    await this.#engine.close();
  }

  async #watch(url: string): Promise<void> {
    const reader = fork(READER, [url], { execArgv: ['--conditions=millrace:source'] });
    this.#reader = reader;
    const [status] = (await once(reader, 'message')) as [number];
    if (status !== OK) throw new Error(`the dashboard answered ${status}`);
  }
}
