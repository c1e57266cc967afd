// State over executors in memory: the results, and the results after the death of an executor. The undisturbed run in
// one process is the reference.

import { CheckpointStore, MemoryCheckpointStore, provide } from '@millrace/core';
import type { DStream, StreamingContext } from '@millrace/engine';
import { describe, expect, it } from 'vitest';
import { VirtualCluster, type VirtualClusterOptions } from './virtual-cluster.ts';

type Words = DStream<[string, number]>;

const add = (a: number, b: number): number => a + b;
const inverse = (a: number, b: number): number => a - b;

const running = (words: Words): Words =>
  words.mapWithState<string, number, number, [string, number]>((word, n, state) => {
    state.update((state.getOption() ?? 0) + (n ?? 0));
    return [word, state.get()];
  });

/** The operators of a program on its words: a stream of pairs, of which every batch is compared. */
const operators: Readonly<Record<string, (words: Words) => DStream<[string, number]>>> = {
  updateStateByKey: (words) =>
    words.updateStateByKey<string, number, number>((values, sum) => values.reduce((a, b) => a + b, sum ?? 0)),
  mapWithState: (words) =>
    words.mapWithState<string, number, number, [string, number]>((word, n, state) => {
      const sum = (state.getOption() ?? 0) + (n ?? 0);
      state.update(sum);
      return [word, sum];
    }, {}),
  dropDuplicates: (words) => words.dropDuplicates(([word]) => word, { withinMs: 2_000 }),
  'dropDuplicates by event time': (words) =>
    words
      .assignTimestamps(([, n]) => n, { outOfOrdernessMs: 5 })
      .dropDuplicates(([word]) => word, { withinMs: 3 }).records,
  'a join by event time': (words) => {
    const timed = words.assignTimestamps(([, n]) => n, { outOfOrdernessMs: 5 });
    return timed.leftOuterJoinWithin(timed, { beforeMs: 1 }).mapValues(([one, other]) => one * 100 + (other ?? 0)); // prettier-ignore
  },
  'snapshots of mapWithState': (words) =>
    words
      .mapWithState<string, number, number, [string, number]>((word, n, state) => {
        state.update((state.getOption() ?? 0) + (n ?? 0));
        return [word, 0];
      }, {})
      .stateSnapshots(),
  'a window over state': (words) =>
    words
      .updateStateByKey<string, number, number>((values, sum) => values.reduce((a, b) => a + b, sum ?? 0))
      .window(3_000, 1_000)
      .reduceByKey((a, b) => a + b),
  'an inverse window': (words) =>
    words.reduceByKeyAndWindow((a, b) => a + b, 3_000, 1_000, { inverse: (a, b) => a - b }),
  'an inverse window with a filter': (words) =>
    words.reduceByKeyAndWindow((a, b) => a + b, 3_000, 1_000, {
      inverse: (a, b) => a - b,
      filter: ([, n]) => n !== 0,
    }),
  'an inverse window over state': (words) =>
    words
      .updateStateByKey<string, number, number>((values, sum) => values.reduce((a, b) => a + b, sum ?? 0))
      .reduceByKeyAndWindow((a, b) => a + b, 2_000, 1_000, { inverse: (a, b) => a - b }),
  'a window over an inverse window': (words) =>
    words.reduceByKeyAndWindow(add, 3_000, 1_000, { inverse }).window(3_000, 2_000),
  'a window over an inverse window of every other batch over state': (words) =>
    running(words).reduceByKeyAndWindow(add, 2_000, 2_000, { inverse }).window(4_000),
  'a window over a window over counted values over state': (words) =>
    running(words)
      .map(([word]) => word)
      .countByValueAndWindow(2_000, 1_000)
      .window(2_000)
      .window(3_000, 3_000),
  'an inverse window that moves on by more than its parent, over state': (words) =>
    running(words).reduceByKeyAndWindow(add, 3_000, 3_000, { inverse }),
  'an inverse window that moves on by more than its parent, over an inverse window': (words) =>
    words
      .reduceByKeyAndWindow(add, 2_000, 1_000, { inverse })
      .reduceByKeyAndWindow(add, 4_000, 2_000, { inverse }),
  'an inverse window longer than it moves on, over a window over an inverse window': (words) =>
    words
      .reduceByKeyAndWindow(add, 2_000, 1_000, { inverse })
      .window(2_000)
      .reduceByKeyAndWindow(add, 4_000, 3_000, { inverse }),
};

/** Takes one checkpoint in four. */
class RarelyWriting extends MemoryCheckpointStore {
  override async write(batchTime: number, bytes: Uint8Array): Promise<void> {
    if (batchTime % 4_000 !== 0 && batchTime !== START_MS) throw new Error('there is no room');
    await super.write(batchTime, bytes);
  }
}

const BATCHES = 10;
const START_MS = 10_000;
const text = 'the quick brown fox jumps over the lazy dog and the cat'.split(' ');

/** The words of the batches from `first` on. */
function queue(first: number): [string, number][][] {
  const all = Array.from({ length: BATCHES }, (_, batch) =>
    text
      .filter((_word, index) => (index * 7 + batch) % 3 === 0)
      .map((word, index): [string, number] => [word, batch + index]),
  );
  return all.slice(first);
}

type Make = (words: Words) => DStream<[string, number]>;
type Seen = Map<number, string>;

/** The result of each batch goes to `seen`, on the driver. */
function program(make: Make, seen: Seen, first: number) {
  return (ssc: StreamingContext, place: string) => {
    const source = ssc.queueStream(place === 'driver' ? queue(first) : [], { partitions: 3 });
    make(source).foreachRDD(async (rdd, { batchTime }) => {
      const pairs = await rdd.collect();
      const shown = pairs.map(([word, n]) => `${word}=${n}`).toSorted();
      seen.set(batchTime, shown.join(' '));
    });
  };
}

interface Run extends VirtualClusterOptions {
  /** The batches to run, from 0; default all. */
  readonly first?: number;
  readonly last?: number;
  /** Called before the start. */
  readonly onMade?: (cluster: VirtualCluster) => void;
  /** Called after each batch. */
  readonly between?: (cluster: VirtualCluster, batch: number) => void | Promise<void>;
}

/** Runs batches and returns their results, and the cluster, which continues to run. */
async function run(make: Make, { first = 0, last = BATCHES - 1, between, onMade, ...options }: Run = {}) {
  const seen: Seen = new Map();
  const cluster = new VirtualCluster(program(make, seen, first), {
    remote: { restartDelayMs: 100, restartDelayMaxMs: 200 },
    startMs: START_MS + first * 1_000,
    ...options,
    context: { defaultParallelism: 4, ...options.context },
  });
  onMade?.(cluster);
  await cluster.start();
  for (let batch = first; batch <= last; batch += 1) {
    await cluster.clock.advance(1_000);
    await between?.(cluster, batch);
  }
  return { seen, cluster };
}

/** Like `run`, with a stop at the end. */
async function runAll(make: Make, options: Run = {}): Promise<Seen> {
  const { seen, cluster } = await run(make, options);
  await cluster.clock.advance(2_000);
  await cluster.ssc.stop();
  return seen;
}

describe.each(Object.entries(operators))('%s on executors', (_name, make) => {
  it('equals the result in one process', async () => {
    const seen = await runAll(make);
    expect(seen.size).toBeGreaterThanOrEqual(Math.floor(BATCHES / 3));
    expect(seen).toEqual(await runAll(make, { isLocal: true }));
  });

  it('is the same after the death of an executor in any batch (STA-1)', async () => {
    const undisturbed = await runAll(make, { isLocal: true });
    for (let death = 0; death < BATCHES; death += 1) {
      const seen = await runAll(make, {
        between: (cluster, batch) => (batch === death ? cluster.kill('0') : undefined),
      });
      expect(seen).toEqual(undisturbed);
    }
  });

  it('is the same when executors die in turn (STA-1)', async () => {
    const seen = await runAll(make, { between: (cluster, batch) => cluster.kill(String(batch % 2)) });
    expect(seen).toEqual(await runAll(make, { isLocal: true }));
  });

  it.each([2, 3, 8])(
    'is the same over a gap of %i batches, after the death of an executor in any batch (STA-1)',
    async (intervals) => {
      const overGap = (death?: number): Run => ({
        context: { batches: { missedBatches: 'skip' } },
        between: async (cluster, batch) => {
          if (batch === death) cluster.kill('0');
          if (batch !== 4) return;
          await cluster.clock.setWallTime(cluster.clock.now() + intervals * 1_000);
          await cluster.clock.advance(0);
        },
      });
      const undisturbed = await runAll(make, { isLocal: true, ...overGap() });
      for (const death of [undefined, 3, 4, 5, 7]) {
        const seen = await runAll(make, overGap(death));
        expect([death, seen]).toEqual([death, undisturbed]);
      }
    },
  );

  it('is computed again from the last checkpoint when later checkpoints have failed (STA-1)', async () => {
    const seen = await runAll(make, {
      // No other executor has the state of the one that dies.
      executors: 1,
      driverPlugins: [provide(CheckpointStore, new RarelyWriting())],
      between: (cluster, batch) => (batch % 3 === 2 ? cluster.kill('0') : undefined),
    });
    expect(seen).toEqual(await runAll(make, { isLocal: true }));
  });

  it('is the same when an executor dies in the middle of a batch (STA-1)', async () => {
    const victims = new Set<number>();
    const clusters: VirtualCluster[] = [];
    const dying: Make = (words) =>
      make(
        words.mapPartitions((pairs) => {
          const [cluster] = clusters;
          const batch = cluster === undefined ? 0 : Math.floor((cluster.clock.now() - START_MS) / 1_000);
          if (cluster !== undefined && batch % 3 === 0 && !victims.has(batch)) {
            victims.add(batch);
            cluster.kill(String(batch % 2));
          }
          return pairs;
        }),
      );
    const seen = await runAll(dying, { onMade: (cluster) => void clusters.push(cluster) });
    expect(victims.size).toBeGreaterThan(2);
    expect(seen).toEqual(await runAll(make, { isLocal: true }));
  });

  it('continues when the driver dies too, and an executor after the driver (STA-1)', async () => {
    const driverPlugins = [provide(CheckpointStore, new MemoryCheckpointStore())];
    const options = { driverPlugins };
    const before = await run(make, {
      ...options,
      last: 4,
      between: (cluster, batch) => void (batch === 2 && cluster.kill('1')),
    });
    // No stop is requested: the clock of the cluster stands still from here on.
    const after = await runAll(make, {
      ...options,
      first: 5,
      between: (cluster, batch) => void (batch === 6 && cluster.kill('0')),
    });
    expect(new Map([...before.seen, ...after])).toEqual(await runAll(make, { isLocal: true }));
  });
});
