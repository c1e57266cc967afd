// All possible crashes: the process dies at each operation of the disk in turn, with and without a loss of power.
import { describe, expect, it } from 'vitest';
import type { SinkWrite } from '@millrace/core';
import { filesSink } from '../src/index.ts';
import { FragileStorage } from './fragile-storage.ts';
import { recordsIn } from './read-files.ts';

const DIRECTORY = '/out/words';

const writes: readonly SinkWrite[] = [1_000, 2_000].flatMap((batchTime) =>
  [0, 1].map((partition) => ({
    application: 'app',
    batchTime,
    outputOperation: 0,
    partition,
    partitions: 2,
  })),
);

const recordsOf = ({ batchTime, partition }: SinkWrite) =>
  ['a', 'b', 'c'].map((letter) => `${letter} of ${batchTime}-${partition}`);

/** Opens a sink and attempts every write; returns the writes that resolved. */
async function run(storage: FragileStorage): Promise<readonly SinkWrite[]> {
  const done: SinkWrite[] = [];
  const sink = filesSink<string>({ directory: DIRECTORY, chunkBytes: 20 }, storage);
  try {
    await sink.open?.();
    for (const write of writes) {
      await sink.write(recordsOf(write), write);
      done.push(write);
    }
  } catch {
    // The process has died here.
  }
  return done;
}

async function operationsOfARun(): Promise<number> {
  const storage = new FragileStorage();
  expect(await run(storage)).toEqual(writes);
  return storage.operations;
}

describe('filesSink', () => {
  it.each([
    { powerLoss: true, takesEffect: true },
    { powerLoss: true, takesEffect: false },
    { powerLoss: false, takesEffect: true },
    { powerLoss: false, takesEffect: false },
  ])('survives a crash at any operation ($powerLoss, $takesEffect)', async ({ powerLoss, takesEffect }) => {
    const operations = await operationsOfARun();
    expect(operations).toBeGreaterThan(20);
    for (let operation = 0; operation < operations; operation += 1) {
      const storage = new FragileStorage();
      storage.dieAt({ operation, takesEffect });
      const done = await run(storage);
      storage.restart({ powerLoss });
      // SINK-1: resolved writes are on the disk. SINK-2, SINK-4: after the replay every write is on the disk, once.
      expect(recordsIn(storage, DIRECTORY)).toEqual(expect.arrayContaining(done.flatMap(recordsOf)));
      expect(await run(storage), `died at operation ${operation}`).toEqual(writes);
      expect(recordsIn(storage, DIRECTORY)).toEqual(writes.flatMap(recordsOf));
      expect([...storage.texts(`${DIRECTORY}/.millrace`).keys()]).toEqual([]);
      storage.restart({ powerLoss: true });
      expect(recordsIn(storage, DIRECTORY), `died at operation ${operation}`).toEqual(
        writes.flatMap(recordsOf),
      );
    }
  });

  it.each([true, false])(
    'never mixes two numbers of partitions after a crash (loss of power: %s)',
    async (powerLoss) => {
      const operations = await operationsOfARun();
      for (let operation = 0; operation < operations; operation += 1) {
        const storage = new FragileStorage();
        storage.dieAt({ operation, takesEffect: true });
        await run(storage);
        storage.restart({ powerLoss });
        const before = recordsIn(storage, DIRECTORY);
        const isRefused = await rerunsInOne(storage);
        // A batch without files may run with any number; a batch with files is unchanged.
        if (isRefused) expect(recordsIn(storage, DIRECTORY).slice(0, before.length)).toEqual(before);
        else expect(before).toEqual([]);
      }
    },
  );
});

/** Runs the first batch with one partition instead of two; returns true for a refusal. */
async function rerunsInOne(storage: FragileStorage): Promise<boolean> {
  const sink = filesSink<string>({ directory: DIRECTORY, chunkBytes: 20 }, storage);
  await sink.open?.();
  const [first, second] = writes;
  if (first === undefined || second === undefined) throw new Error('expected two writes');
  const all = [...recordsOf(first), ...recordsOf(second)];
  const [end] = await Promise.allSettled([sink.write(all, { ...first, partitions: 1 })]);
  if (end.status === 'rejected') expect(end.reason).toMatchObject({ code: 'MR_SINK_REPARTITIONED' });
  else expect(recordsIn(storage, DIRECTORY)).toEqual(all);
  await sink.close?.();
  return end.status === 'rejected';
}
