// Waiting and processing time of batches: empty, light, and nearly saturated batches, at short and at long intervals.
import { type DStream, StreamingContext } from '@millrace/engine';
import { OpenLoopSource } from '@millrace/harness';
import { percentileMetrics, percentileReadings } from '../runner/percentiles.ts';
import type { BenchProbe, BenchSuite, BenchWorkload, ProbeOptions, Readings } from '../runner/suite.ts';
import { quiet } from '../streams/quiet-plugins.ts';
import { SteppedEngine } from '../streams/stepped-engine.ts';
import { WatchedEngine } from './watched-engine.ts';

const EMPTY = 'empty';
const LIGHT = 'light, 1,000 records/s';
const SATURATED = 'saturated';

/** The time of an empty batch without the lag of the timer, as in the design's budget. */
const FROM_TICK = 'from tick p50';

const INTERVALS_MS = [10, 50, 200, 1_000];
const LIGHT_PER_SECOND = 1_000;
const KEYS = 1_000;

/** The suite `batches`. */
export const batchesSuite: BenchSuite = {
  name: 'batches',
  purpose:
    'waiting and processing time of batches: empty, light and nearly saturated, counting records by key',
  unit: 'batches',
  contenders: 3,
  metrics: [
    { name: FROM_TICK, unit: 'ms', better: 'less' },
    { name: 'records', unit: 'records/s', better: 'more' },
    ...['scheduling', 'processing', 'total'].flatMap(percentileMetrics),
  ],
  roundsAtMost: 2,
  workloads: INTERVALS_MS.map(benchWorkload),
};

function benchWorkload(intervalMs: number): BenchWorkload {
  return {
    name: `every ${intervalMs} ms`,
    makeCases: () => [
      probeOf(EMPTY, intervalMs, async () => 0),
      probeOf(LIGHT, intervalMs, async () => LIGHT_PER_SECOND),
      probeOf(SATURATED, intervalMs, saturatingRate),
    ],
    budgets: [
      { contender: EMPTY, metric: FROM_TICK, atMost: 0.3, line: 'empty-batch' },
      ...(intervalMs === 10
        ? [{ contender: LIGHT, metric: 'scheduling p99', atMost: 5, line: 'light-batches' as const }]
        : []),
    ],
  };
}

function probeOf(
  name: string,
  intervalMs: number,
  rateOf: (options: ProbeOptions) => Promise<number>,
): BenchProbe {
  let rate: Promise<number> | undefined;
  return {
    name,
    measure: async (options) => {
      rate ??= rateOf(options);
      return measureAt(await rate, intervalMs, options);
    },
    close: async () => {},
  };
}

async function measureAt(
  rate: number,
  intervalMs: number,
  { seconds, isQuick }: ProbeOptions,
): Promise<Readings> {
  const source = new OpenLoopSource<number>({
    shape: { recordsPerSecond: rate },
    makeRecord: (index) => index,
  });
  const ssc = new StreamingContext({
    appName: 'bench',
    batchIntervalMs: intervalMs,
    // The engine can take the offered rates, so back-pressure is off.
    backPressure: false,
    plugins: [quiet()],
  });
  countByKey(ssc.receiverStream(source.receiver()));
  const engine = new WatchedEngine(ssc);
  try {
    await engine.start(Math.max(isQuick ? 100 : 500, intervalMs));
    const durationMs = Math.max(seconds * 1_000, intervalMs * (isQuick ? 1 : 3));
    const delays = await engine.watch(durationMs);
    return {
      [FROM_TICK]: delays.fromTick.percentileMs(50),
      records: (delays.records / delays.batches / intervalMs) * 1_000,
      ...percentileReadings('scheduling', (percentile) => delays.scheduling.percentileMs(percentile)),
      ...percentileReadings('processing', (percentile) => delays.processing.percentileMs(percentile)),
      ...percentileReadings('total', (percentile) => delays.total.percentileMs(percentile)),
    };
  } finally {
    await engine.close();
  }
}

function countByKey(stream: DStream<number>, take: (counts: number) => void = () => undefined): void {
  stream
    .map((record): [number, number] => [record % KEYS, 1])
    .reduceByKey((left, right) => left + right)
    .foreachPartition((counts) => {
      let sum = 0;
      for (const [, count] of counts) sum += count;
      take(sum);
    });
}

/** The share of a core's capacity that the measured work takes; the rest is left for receiving. */
const SHARE = 0.5;

/** The rate at which one core counts by key, measured without waiting, reduced by the share needed for receiving. */
async function saturatingRate({ isQuick }: ProbeOptions): Promise<number> {
  const records = Array.from({ length: 200_000 }, (_, index) => index);
  const engine = new SteppedEngine<number>((stream) => countByKey(stream));
  try {
    const times: number[] = [];
    for (let count = 0; count < (isQuick ? 2 : 10); count += 1) {
      const from = performance.now();
      await engine.batch(records);
      times.push(performance.now() - from);
    }
    const perSecond = (records.length / Math.min(...times)) * 1_000;
    return Math.round((SHARE * perSecond) / 1_000) * 1_000;
  } finally {
    await engine.close();
  }
}
