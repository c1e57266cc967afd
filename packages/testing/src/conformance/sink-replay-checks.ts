// Checks of replays: all histories of a batch before its completion. In each check the trial compares the content of
// the destination with the written records.
import assert from 'node:assert/strict';
import { type RandomSource, SeededRandom, type SinkWrite } from '@millrace/core';
import type { SinkCheck } from './sink-check.ts';
import { once, type SinkTrial } from './sink-trial.ts';

const MANY_RECORDS = 5_000;
const MANY_BATCHES = 40;
const PARTITIONS = 4;

/** Names that a careless sink mixes up, or follows outside of its directory. */
const APPLICATIONS = ['app-1', 'app/1', '../app', '.app', 'app.1', 'app%2F1', 'äpp 流', 'long'.repeat(80)];

/** Checks of the fate of records under replays of every kind. */
export const SINK_REPLAY_CHECKS: readonly SinkCheck[] = [
  {
    rule: 'SINK-1',
    title: 'a resolved write is in the destination, also after a crash',
    look: 'an answer before the destination has the records: a missing sync or commit',
    run: async (trial) => {
      await trial.write();
      await trial.assertDelivered();
      await trial.crash();
      await trial.assertDelivered();
    },
  },
  {
    rule: 'SINK-12',
    title: 'the records of a large partition keep their order',
    look: 'writes that overtake each other, chunks, reused buffers',
    run: async (trial) => {
      await trial.write({}, MANY_RECORDS);
      await trial.assertDelivered();
    },
  },
  {
    rule: 'SINK-2',
    title: 'a repeated write is present once',
    look: 'the ledger: the recorded writes, in the same transaction as the records',
    run: async (trial) => {
      const write = await trial.write();
      await trial.repeat(write);
      await trial.assertDelivered();
    },
  },
  {
    rule: 'SINK-2',
    title: 'a partition without records is written and replayed without effect',
    look: 'an empty partition, which must be written and recorded, too',
    run: async (trial) => {
      const write = await trial.write({}, 0);
      await trial.repeat(write);
      await trial.write({ batchTime: 2_000 });
      await trial.assertDelivered();
    },
  },
  {
    rule: 'SINK-2',
    title: 'writes that differ in one part of their identity are distinct',
    look: 'the mapping of an identity to a name or key: every part counts, and parts must not run together',
    run: async (trial) => {
      await trial.write({ partitions: 2 });
      await trial.write({ partition: 1, partitions: 2 });
      await trial.write({ outputOperation: 1 });
      for (const application of APPLICATIONS) await trial.write({ application });
      await trial.write({ batchTime: 2_000 });
      for (const write of trial.writes) await trial.repeat(write);
      await trial.assertDelivered();
    },
  },
  {
    rule: 'SINK-4',
    title: 'a write whose records fail in the middle rejects, and a retry replaces the write',
    look: 'records written before the early end',
    run: async (trial) => {
      await trial.write();
      const write = trial.expect({ batchTime: 2_000 }, 6);
      for (const count of [0, 1, 5]) await assertFails(trial, write, count);
      await trial.repeat(write);
      await trial.assertDelivered();
    },
  },
  {
    rule: 'SINK-4',
    title: 'a large write that fails in the middle leaves nothing twice',
    look: 'chunks written before the early end of the records',
    run: async (trial) => {
      const write = trial.expect({}, MANY_RECORDS);
      await assertFails(trial, write, MANY_RECORDS - 1);
      await trial.crash();
      await trial.repeat(write);
      await trial.assertDelivered();
    },
  },
  {
    rule: 'SINK-5',
    title: 'partitions may be written at once, and replayed at once with a failed partition',
    look: 'state shared by two writes',
    run: async (trial) => {
      const writes = expectBatch(trial, 1_000);
      const [first, second, ...others] = writes;
      assert(first !== undefined && second !== undefined);
      const failing = assertFails(trial, second, 2);
      await Promise.all([failing, ...[first, ...others].map((write) => trial.repeat(write))]);
      await Promise.all(writes.toReversed().map((write) => trial.repeat(write)));
      await trial.assertDelivered();
    },
  },
  {
    rule: 'SINK-2',
    title: 'replaying an older batch after newer ones changes nothing',
    look: 'a ledger of the newest batch only',
    run: async (trial) => {
      const writes: SinkWrite[] = [];
      for (const batchTime of [1_000, 2_000, 3_000]) writes.push(await trial.write({ batchTime }));
      for (const write of writes) await trial.repeat(write);
      await trial.assertDelivered();
    },
  },
  {
    rule: 'SINK-2',
    title: 'missing partitions of an older batch are still written after newer batches',
    look: 'a ledger by batch instead of by partition',
    run: async (trial) => {
      const [first, second, ...others] = expectBatch(trial, 1_000);
      assert(first !== undefined && second !== undefined);
      await trial.repeat(second);
      await trial.write({ batchTime: 2_000, partition: 3, partitions: PARTITIONS });
      for (const write of [first, second, ...others]) await trial.repeat(write);
      await trial.assertDelivered();
    },
  },
  {
    rule: 'SINK-2',
    title: 'a sink opened later recognises earlier writes',
    look: 'a ledger in the object instead of the destination',
    run: async (trial) => {
      await writeBatches(trial, 3);
      await trial.reopen();
      for (const write of trial.writes) await trial.repeat(write);
      await trial.write({ batchTime: 9_000 });
      await trial.assertDelivered();
    },
  },
  {
    rule: 'SINK-15',
    title: 'a sink that died in the middle of a batch does not hinder its successor',
    look: 'leftovers of a dead sink: temporary files, locks, open transactions',
    run: async (trial) => {
      await writeBatches(trial, 2);
      const [first, second, ...others] = expectBatch(trial, 9_000);
      assert(first !== undefined && second !== undefined);
      await trial.repeat(first);
      await assertFails(trial, second, 2);
      await trial.crash();
      for (const write of [first, second, ...others]) await trial.repeat(write);
      await trial.assertDelivered();
    },
  },
  {
    rule: 'SINK-15',
    title: 'two sinks share a batch, and each repeats the writes of the other',
    look: 'a ledger in the object instead of the destination',
    run: async (trial) => {
      const other = await trial.open();
      const sink = await trial.open();
      const writes = expectBatch(trial, 1_000);
      for (const [i, write] of writes.entries()) await trial.repeat(write, i % 2 === 0 ? sink : other);
      for (const [i, write] of writes.entries()) await trial.repeat(write, i % 2 === 0 ? other : sink);
      await trial.assertDelivered();
    },
  },
  {
    rule: 'SINK-15',
    title: 'two sinks that perform the same write at once leave one copy',
    look: 'checking and writing in two steps',
    run: async (trial) => {
      const other = await trial.open();
      const sink = await trial.open();
      const write = trial.expect({}, 100);
      // One of the sinks may refuse; the write is repeated, as the engine does.
      await Promise.allSettled([trial.repeat(write, sink), trial.repeat(write, other)]);
      await trial.repeat(write, sink);
      await trial.repeat(write, other);
      await trial.assertDelivered();
    },
  },
  {
    rule: 'SINK-2',
    title: 'many batches with random restarts and replays are present once',
    look: 'the seed and the first batch with a difference',
    run: async (trial, { seed }) => {
      const random = new SeededRandom(seed);
      for (let batch = 1; batch <= MANY_BATCHES; batch += 1) {
        const writes = expectBatch(trial, batch * 1_000);
        for (const write of writes) await attempt(trial, write, random);
        const chance = random.integer(4);
        if (chance === 0) await trial.crash();
        if (chance === 1) await trial.reopen();
        // A restart returns to an earlier batch and runs this batch and all later ones again.
        if (chance > 1) continue;
        const from = (batch - random.integer(Math.min(batch, 5))) * 1_000;
        for (const write of trial.writes.filter(({ batchTime }) => batchTime >= from))
          await trial.repeat(write);
      }
      await trial.assertDelivered();
    },
  },
  {
    rule: 'SINK-21',
    title: 'a write that comes again from a later driver is present once',
    look: 'an identity that is made of every field of the write',
    run: async (trial) => {
      const write = await trial.write({ epoch: 3 });
      await trial.write({ batchTime: 2_000, epoch: 3 });
      await trial.repeat({ ...write, epoch: 4 });
      await trial.crash();
      await trial.repeat({ ...write, epoch: 5 });
      await trial.write({ batchTime: 3_000, epoch: 5 });
      await trial.assertDelivered();
    },
  },
];

/** Every partition of one batch, expected and not yet written. */
function expectBatch<T>(trial: SinkTrial<T>, batchTime: number): SinkWrite[] {
  return Array.from({ length: PARTITIONS }, (_, partition) =>
    trial.expect({ batchTime, partition, partitions: PARTITIONS }),
  );
}

async function writeBatches<T>(trial: SinkTrial<T>, count: number): Promise<void> {
  for (let batch = 1; batch <= count; batch += 1) {
    for (const write of expectBatch(trial, batch * 1_000)) await trial.repeat(write);
  }
}

/** Writes; one time in four after an attempt that fails in the middle. */
async function attempt<T>(trial: SinkTrial<T>, write: SinkWrite, random: RandomSource): Promise<void> {
  if (random.integer(4) === 0) await assertFails(trial, write, random.integer(3));
  await trial.repeat(write);
}

/** Writes this many records of a partition, then fails the source of the records: the write must fail, too. */
async function assertFails<T>(trial: SinkTrial<T>, write: SinkWrite, count: number): Promise<void> {
  const failure = new Error('the source of the records failed');
  function* some(): Generator<T, void, void> {
    yield* trial.records(write).slice(0, count);
    throw failure;
  }
  await assert.rejects(
    trial.sink.write(once(some()), write),
    'expected the write to reject when its records fail (SINK-4)',
  );
}
