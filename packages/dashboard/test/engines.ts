// Real engines in the states that a page has to name: healthy, too slow, held, without its receiver, blocked, without room for
// its log. Each has batches of a tenth of a second, so that a state is reached within seconds.
import { fromAsyncIterable, type Plugin, provide, Storage } from '@millrace/core';
import { StreamingContext } from '@millrace/engine';
import { MemoryStorage } from '@millrace/testing';
import { fileWriteAheadLog } from '@millrace/wal';

const BATCH_MS = 100;

/** An engine that runs. */
export interface RunningEngine {
  readonly ssc: StreamingContext;
  stop(): Promise<void>;
}

/** The states. */
export type EngineScene =
  'healthy' | 'too fast' | 'held batch' | 'dead receiver' | 'blocked thread' | 'full disk';

/** Starts an engine in a state, with the given plugins, usually a dashboard. */
export async function startEngine(
  scene: EngineScene,
  plugins: readonly Plugin[],
  appName: string = scene,
): Promise<RunningEngine> {
  const disk = new MemoryStorage({ maxBytes: 1_000_000_000 });
  const isLogged = scene === 'full disk';
  const ssc = new StreamingContext({
    appName,
    batchIntervalMs: BATCH_MS,
    logLevel: 'silent',
    backPressure: scene !== 'too fast',
    batches: { onBatchFailure: 'hold', maxAttempts: 1 },
    plugins: [
      ...plugins,
      ...(isLogged ? [provide(Storage, disk), fileWriteAheadLog({ directory: '/wal', segmentMs: 100 })] : []),
    ],
  });
  const ends: (() => void)[] = [];
  const orders = ssc.receiverStream(
    fromAsyncIterable((signal) => numbers(signal, scene === 'too fast' ? 2_000 : 20), { name: 'orders' }),
  );
  const valid = orders
    .map((order) => order * 2)
    .filter((order) => order % 3 !== 0)
    .uid('valid-orders');
  valid.foreachRDD(async (rdd) => {
    await rdd.count();
    if (scene === 'too fast') await sleep(BATCH_MS * 2.5);
    if (scene === 'held batch') throw new Error('the database is away');
  });
  orders.count().foreachRDD(async (rdd) => void (await rdd.collect()));
  if (scene === 'dead receiver') {
    const dead = fromAsyncIterable<number>(
      () => Promise.reject(new Error('connect ECONNREFUSED 10.0.4.17:1883')),
      {
        name: 'sensors',
      },
    );
    ssc.receiverStream(dead).foreachRDD(() => undefined);
  }
  if (scene === 'blocked thread') {
    const timer = setInterval(() => block(250), 400);
    ends.push(() => clearInterval(timer));
  }
  await ssc.start();
  // From the next segment on the log knows of a disk that is nearly full.
  if (isLogged) disk.maxBytes -= (await disk.freeBytes('/wal')) - 200_000;
  return {
    ssc,
    stop: async () => {
      for (const end of ends) end();
      await ssc.stop({ graceful: false });
    },
  };
}

async function* numbers(signal: AbortSignal, atOnce: number): AsyncGenerator<number> {
  for (let number = 0; !signal.aborted;) {
    for (let part = 0; part < atOnce; part += 1) yield (number += 1);
    await sleep(20);
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function block(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}
