// Programs over queues in a world with dying drivers: the records of every output by batch, as texts. A driver may die at
// any step, and an output that runs again must write the same.
import { expect } from 'vitest';
import type { DStream, StreamingContext } from '../src/index.ts';
import { RestartWorld } from './restart-world.ts';
import type { StreamFixture } from './stream-fixture.ts';

/** A death of the driver: after this number of steps, and for this time. */
export interface DeathAtStep {
  readonly steps: number;
  readonly downMs: number;
}

/** The texts of the records of one output, by batch time. */
export type TextsByBatch = ReadonlyMap<number, readonly string[]>;

/** Makes the program: the streams to look at by name. Called in each life of the driver, with the rest of the queues. */
export type DefineOverQueues<Q, Name extends string> = (
  ssc: StreamingContext,
  queues: Q,
) => Readonly<Record<Name, DStream<unknown>>>;

/** Runs a program to the end of its queues. */
export async function runOverDeaths<Q extends readonly unknown[][][], Name extends string>(
  queues: Q,
  define: DefineOverQueues<Q, Name>,
  deaths: readonly DeathAtStep[] = [],
): Promise<Readonly<Record<Name, TextsByBatch>>> {
  const world = new RestartWorld();
  const left = queues.map((queue) => [...queue]) as unknown as Q;
  const seen = new Map<Name, Map<number, readonly string[]>>();
  const program = (ssc: StreamingContext): void => {
    const step = world.step();
    for (const [name, stream] of Object.entries<DStream<unknown>>(define(ssc, left))) {
      const texts = seen.get(name as Name) ?? new Map<number, readonly string[]>();
      seen.set(name as Name, texts);
      stream.foreachRDD(async (rdd, { batchTime }) => {
        const records = (await rdd.collect()).map((record) => JSON.stringify(record)).toSorted();
        await step();
        // A batch that runs again must have the same result (BAT-4).
        expect([name, batchTime, texts.get(batchTime) ?? records]).toEqual([name, batchTime, records]);
        texts.set(batchTime, records);
        await step();
      });
    }
  };
  const endsAt = world.nowMs + 1_000 * Math.max(...queues.map((queue) => queue.length));
  for (const { steps, downMs } of deaths) {
    const life = world.begin(program, {}, steps);
    void life.ssc.start();
    while (!world.isDead && world.nowMs < endsAt) await world.pass(life, 500);
    if (!world.isDead) world.kill();
    await world.pass(undefined, downMs);
  }
  const last = world.begin(program);
  await last.ssc.start();
  await world.pass(last, Math.max(0, endsAt - world.nowMs));
  await world.pass(last, 2_000);
  expect((await last.ssc.stop()).isClean).toBe(true);
  return Object.fromEntries(seen) as unknown as Record<Name, TextsByBatch>;
}

/** The records of an output in order of batches, read from their texts. */
export function recordsOf(texts: TextsByBatch): readonly (readonly unknown[])[] {
  return [...texts]
    .toSorted(([one], [other]) => one - other)
    .map(([, batch]) => batch.map((text) => JSON.parse(text) as unknown));
}

/** The number of keys in the state of an operator after a batch. */
export async function keysHeld(world: StreamFixture, kind: string, batchTime: number): Promise<number> {
  const rdd = world.graph.streams.find((stream) => stream.kind === `${kind}State`)?.getOrCompute(batchTime);
  if (rdd === undefined) throw new Error(`${kind} has no state in batch ${batchTime}`);
  const partitions = (await rdd.collect()) as { readonly store: { sizeAt(time: number): number } }[];
  return partitions.reduce((sum, { store }) => sum + store.sizeAt(batchTime), 0);
}
