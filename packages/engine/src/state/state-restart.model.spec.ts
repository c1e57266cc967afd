// Streams with state whose driver dies at any step. Outputs and states must equal those of a driver without deaths over
// the same batches.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NumberSource, RestartWorld } from '../../test/restart-world.ts';
import type { StreamingContext } from '../context/streaming-context.ts';
import type { State } from './state-handle.ts';

const KEYS = 5;
const TIMEOUT_MS = 2_000;

const deaths = fc.array(fc.record({ steps: fc.integer({ min: 1, max: 160 }), downMs: fc.nat(3_500) }), {
  minLength: 1,
  maxLength: 5,
});

type Outputs = ReadonlyMap<number, readonly unknown[]>;

/** All records that the outputs of one run have seen, by batch time. */
interface Outcome {
  readonly batches: ReadonlyMap<number, readonly number[]>;
  readonly mapped: Outputs;
  readonly snapshots: Outputs;
  readonly updated: Outputs;
  /** The mapped records of the last three seconds, every two. */
  readonly windows: Outputs;
}

/** Counts, and reports the removal of a key. */
function count(key: number, value: number | undefined, state: State<{ count: number }>): string {
  if (state.isTimingOut()) return `${key} goes with ${state.get().count}`;
  const counted = state.getOption() ?? { count: 0 };
  counted.count += 1;
  state.update(counted);
  return `${key} ${value} ${counted.count}`;
}

async function runThrough(
  plan: readonly { readonly steps: number; readonly downMs: number }[],
): Promise<Outcome> {
  const world = new RestartWorld();
  const source = new NumberSource();
  const batches = new Map<number, number[]>();
  const mapped = new Map<number, unknown[]>();
  const snapshots = new Map<number, unknown[]>();
  const updated = new Map<number, unknown[]>();
  const windows = new Map<number, unknown[]>();
  const program = (ssc: StreamingContext): void => {
    const step = world.step();
    const isAlive = () => !world.isDead;
    const numbers = ssc.receiverStream(source.receiver({ replayable: true, isAlive }));
    const keyed = numbers.map((n): [number, number] => [(n * n + (n >> 3)) % KEYS, n]);
    const states = keyed.mapWithState(count, { timeoutMs: TIMEOUT_MS, partitions: 3 });
    const sums = keyed.updateStateByKey((values, sum: number | undefined) =>
      values.reduce((a, b) => a + b, sum ?? 0),
    );
    numbers.foreachRDD(async (rdd, { batchTime }) => void batches.set(batchTime, await rdd.collect()));
    for (const [stream, to] of [
      [states, mapped],
      [states.stateSnapshots(), snapshots],
      [sums, updated],
      [states.window(3_000, 2_000), windows],
    ] as const) {
      stream.foreachRDD(async (rdd, { batchTime }) => {
        const records = (await rdd.collect()).map((record) => JSON.stringify(record)).toSorted();
        await step();
        // A batch that runs again must have the same result (BAT-4).
        if (to.has(batchTime)) expect(records).toEqual(to.get(batchTime));
        to.set(batchTime, records);
        await step();
      });
    }
  };
  for (const { steps, downMs } of plan) {
    const life = world.begin(program, {}, steps);
    void life.ssc.start();
    for (let turn = 0; turn < 100 && !world.isDead; turn += 1) {
      source.produced += 1;
      await world.pass(life, 100);
    }
    if (!world.isDead) world.kill();
    await world.pass(undefined, downMs);
  }
  const last = world.begin(program);
  await last.ssc.start();
  for (let turn = 0; turn < 30; turn += 1) {
    source.produced += 1;
    await world.pass(last, 100);
  }
  await world.pass(last, 4_000);
  expect((await last.ssc.stop()).isClean).toBe(true);
  return { batches, mapped, snapshots, updated, windows };
}

/** The result of a plain loop over the batches. */
function expectedOf(batches: Outcome['batches']): Omit<Outcome, 'batches'> {
  const mapped = new Map<number, string[]>();
  const snapshots = new Map<number, string[]>();
  const updated = new Map<number, string[]>();
  const windows = new Map<number, string[]>();
  const counts = new Map<number, { count: number; touchedAt: number }>();
  const sums = new Map<number, number>();
  for (const [time, numbers] of [...batches].toSorted(([a], [b]) => a - b)) {
    const said: string[] = [];
    for (const n of numbers) {
      const key = (n * n + (n >> 3)) % KEYS;
      const counted = (counts.get(key)?.count ?? 0) + 1;
      counts.set(key, { count: counted, touchedAt: time });
      sums.set(key, (sums.get(key) ?? 0) + n);
      said.push(`${key} ${n} ${counted}`);
    }
    for (const [key, { count: counted, touchedAt }] of counts) {
      if (touchedAt >= time - TIMEOUT_MS) continue;
      said.push(`${key} goes with ${counted}`);
      counts.delete(key);
    }
    mapped.set(time, said.map((record) => JSON.stringify(record)).toSorted());
    snapshots.set(
      time,
      [...counts].map(([key, { count: counted }]) => JSON.stringify([key, { count: counted }])).toSorted(),
    );
    updated.set(time, [...sums].map((pair) => JSON.stringify(pair)).toSorted());
  }
  const times = [...mapped.keys()];
  for (const time of times.filter((_, index) => index % 2 === 1)) {
    const inside = times.filter((batch) => batch > time - 3_000 && batch <= time);
    windows.set(time, inside.flatMap((batch) => mapped.get(batch) ?? []).toSorted());
  }
  return { mapped, snapshots, updated, windows };
}

describe('state of a driver that dies at any step', () => {
  it('equals an uninterrupted run, batch by batch (STA-1, BAT-4)', async () => {
    await fc.assert(
      fc.asyncProperty(deaths, async (plan) => {
        const { batches, ...seen } = await runThrough(plan);
        const expected = expectedOf(batches);
        for (const name of ['mapped', 'snapshots', 'updated', 'windows'] as const) {
          const wanted = expected[name];
          for (const [time, records] of seen[name]) expect([time, records]).toEqual([time, wanted.get(time)]);
          expect(seen[name].size).toBe(wanted.size);
        }
      }),
      { numRuns: 60 },
    );
  });
});
