import { type BatchTime } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { MemoryParts } from '../../test/memory-parts.ts';
import { StreamFixture } from '../../test/stream-fixture.ts';
import type { GraphStream } from '../graph/graph-stream.ts';
import { readChain } from './state-chain.ts';
import type { StateData } from './restored-state.ts';
import { StateStore } from './state-store.ts';

const last = (values: readonly number[], state: number | undefined) => values.at(-1) ?? state;

/** Counts batches under one key. */
function counting(world: StreamFixture, batches: number): GraphStream<unknown> {
  const numbers = Array.from({ length: batches }, (_, index): [string, number][] => [['batch', index + 1]]);
  const states = world.queue(numbers).updateStateByKey(last);
  world.record(states);
  const stream = world.graph.streams.find(({ remembers }) => remembers);
  if (stream === undefined) throw new Error('nothing remembers');
  return stream;
}

describe('a checkpoint of state', () => {
  it('is as of its batch, although later batches run during the export', async () => {
    const world = new StreamFixture();
    const stream = counting(world, 8);
    const parts = new MemoryParts();
    await world.run(2);
    const later = Promise.withResolvers<void>();
    const materialize = stream.materialize.bind(stream);
    // The export waits, as for a busy executor.
    stream.materialize = (time) => (time === 2_000 ? later.promise : materialize(time));
    const exporting = stream.state?.exportState(2_000, parts);
    for (const time of [3_000, 4_000, 5_000, 6_000, 7_000]) {
      await world.runBatch(time);
      world.complete(time);
    }
    later.resolve();
    const { upTo, chain } = (await exporting) as StateData;
    const said: unknown[] = [];
    for await (const { keys, values } of readChain(chain, parts))
      said.push(...keys.map((key, index) => [key, values[index]]));
    expect([upTo, said]).toEqual([2_000, [['batch', 2]]]);
  });

  it('rotates through all keys, so that the first parts become unneeded', async () => {
    const world = new StreamFixture();
    const stream = counting(world, 40);
    const parts = new MemoryParts();
    const needed: BatchTime[] = [];
    for (let time = 1_000; time <= 40_000; time += 1_000) {
      await world.runBatch(time);
      world.complete(time);
      const exported = await stream.state?.exportState(time, parts);
      stream.state?.checkpointed?.();
      needed.push((exported as StateData).chain[0]?.upTo ?? 0);
    }
    expect(needed.at(-1)).toBeGreaterThan(30_000);
  });

  it('fails when its version is forgotten, instead of writing a wrong state', async () => {
    const store = new StateStore<string, number>(0);
    for (const time of [1, 2, 3]) await store.advance(time, async (state) => state.set('key', time));
    store.forgetBefore(3);
    const nothingDurable = { since: undefined, told: undefined, retellUpTo: undefined };
    expect([...store.entriesAt(3)]).toEqual([['key', { value: 3, touchedAt: 3 }]]);
    for (const read of [
      () => [...store.entriesAt(1)],
      () => store.sizeAt(1),
      () => store.exporter.segment(0, nothingDurable, 1, 'told'),
    ]) {
      expect(read).toThrow(expect.objectContaining({ code: 'MR_STATE_VERSION_FORGOTTEN' }));
    }
  });
});
