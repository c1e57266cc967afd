// Compares the cost of a batch after a long time with the cost at the beginning. One engine runs throughout; each
// contender is a later period of its life.
import type { State, StreamingContext } from '@millrace/engine';
import type { BenchProbe, BenchSuite, BenchWorkload, Budget } from '../runner/suite.ts';
import { drain, HEAP, ManualEngine, SCALE_METRICS, TIME } from './manual-engine.ts';

/** Periods; the first one is not compared, because of compilation. */
const STRETCHES = 10;

/** The maximum cost of a later period relative to an early one; above this, the cost grows. */
const FLAT = 1.25;

type Records = [number, number][];

/** The suite `uptime`. */
export const uptimeSuite: BenchSuite = {
  name: 'uptime',
  purpose: 'cost of batches over the uptime of an engine; time and heap must be flat',
  unit: 'batches',
  contenders: STRETCHES,
  metrics: SCALE_METRICS,
  axis: { name: 'batches', scale: 'linear' },
  roundsAtMost: 1,
  workloads: [
    benchWorkload('counts by key', 100_000, (ssc, queue) => {
      ssc
        .queueStream(queue)
        .reduceByKey((left, right) => left + right)
        .foreachPartition(drain);
    }),
    benchWorkload('a window of ten batches', 20_000, (ssc, queue) => {
      ssc
        .queueStream(queue)
        .reduceByKeyAndWindow((left, right) => left + right, 10_000, 1_000)
        .foreachPartition(drain);
    }),
    benchWorkload('state of 1,000 keys', 20_000, (ssc, queue) => {
      ssc
        .queueStream(queue)
        .mapWithState((_key, value, state: State<number>) => {
          const sum = (state.getOption() ?? 0) + (value ?? 0);
          state.update(sum);
          return sum;
        }, {})
        .foreachPartition(drain);
    }),
  ],
};

function benchWorkload(
  name: string,
  batches: number,
  program: (ssc: StreamingContext, queue: Records[]) => void,
): BenchWorkload {
  const stretch = batches / STRETCHES;
  const nameOf = (index: number) => `after ${((index + 1) * stretch).toLocaleString('en')}`;
  const budget = (metric: string): Budget => ({
    contender: nameOf(STRETCHES - 1),
    against: nameOf(1),
    metric,
    atMost: FLAT,
    line: 'uptime',
  });
  return {
    name,
    makeCases: () => stretchesOf(program, { stretch, nameOf }),
    budgets: [budget(TIME), budget(HEAP)],
  };
}

function stretchesOf(
  program: (ssc: StreamingContext, queue: Records[]) => void,
  { stretch, nameOf }: { readonly stretch: number; readonly nameOf: (index: number) => string },
): readonly BenchProbe[] {
  const queue: Records[] = [];
  let batch = 0;
  const engine = new ManualEngine(
    (ssc) => program(ssc, queue),
    {},
    () => {
      batch += 1;
      const records = Array.from({ length: 100 }, (_, index): [number, number] => [
        (batch * 37 + index) % 1_000,
        1,
      ]);
      queue.push(records);
      return records.length;
    },
  );
  const started = engine.start();
  return Array.from({ length: STRETCHES }, (_, index) => ({
    name: nameOf(index),
    at: (index + 1) * stretch,
    measure: async ({ isQuick }) => {
      await started;
      return engine.measure(isQuick ? Math.min(200, stretch) : stretch);
    },
    close: async () => {
      if (index === STRETCHES - 1) await engine.close();
    },
  }));
}
