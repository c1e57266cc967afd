// Checks of a batch that was written, in whole or in part, and runs again with another number of partitions. The
// records are in other partitions then, so a sink that compares identities alone omits or duplicates records.
import assert from 'node:assert/strict';
import { isMillraceError, type SinkWrite } from '@millrace/core';
import type { SinkCheck } from './sink-check.ts';
import { once, type SinkTrial } from './sink-trial.ts';

const BATCH_TIME = 5_000;
const RECORDS_PER_PARTITION = 3;

interface Rescale {
  readonly from: number;
  readonly to: number;
  /** The partitions written by the first run. */
  readonly written: readonly number[];
  /** The partitions of the first run without records. */
  readonly empty?: readonly number[];
}

/** Checks of batches whose number of partitions changes between two runs. */
export const SINK_RESCALE_CHECKS: readonly SinkCheck[] = [
  {
    rule: 'SINK-17',
    title: 'a partly written batch that runs again with fewer partitions is refused or replaced',
    look: 'the number of partitions, which must be recorded with the batch',
    run: async (trial) => {
      await assertRescales(trial, { from: 4, to: 2, written: [0] });
      await assertRescales(trial, { from: 4, to: 1, written: [1, 2] });
      await assertRescales(trial, { from: 4, to: 3, written: [3] });
    },
  },
  {
    rule: 'SINK-17',
    title: 'a partly written batch that runs again with more partitions is refused or replaced',
    look: 'the number of partitions, which must be recorded with the batch',
    run: async (trial) => {
      await assertRescales(trial, { from: 2, to: 4, written: [0] });
      await assertRescales(trial, { from: 2, to: 3, written: [1] });
      await assertRescales(trial, { from: 1, to: 2, written: [0] });
    },
  },
  {
    rule: 'SINK-17',
    title: 'a complete batch that runs again with another number of partitions is refused or replaced',
    look: 'the number of partitions, which must be recorded with the batch',
    run: async (trial) => {
      await assertRescales(trial, { from: 4, to: 2, written: [0, 1, 2, 3] });
      await assertRescales(trial, { from: 2, to: 4, written: [0, 1] });
    },
  },
  {
    rule: 'SINK-17',
    title:
      'empty partitions do not change the treatment of a batch that runs again with another number of partitions',
    look: 'a number of partitions that is recorded or compared only for partitions with records',
    run: async (trial) => {
      await assertRescales(trial, { from: 4, to: 2, written: [0, 1], empty: [0] });
      await assertRescales(trial, { from: 4, to: 2, written: [0, 1], empty: [1, 2, 3] });
      await assertRescales(trial, { from: 2, to: 4, written: [0, 1], empty: [0, 1] });
      await assertRescales(trial, { from: 2, to: 9, written: [1] });
    },
  },
  {
    rule: 'SINK-17',
    title: 'other outputs, batches and applications may have other numbers of partitions',
    look: 'a number of partitions that is recorded for more than one output of one batch',
    run: async (trial) => {
      const others = [{ outputOperation: 1 }, { batchTime: 6_000 }, { application: 'other' }];
      for (const [index, name] of [{}, ...others].entries()) {
        const partitions = index + 1;
        for (let partition = 0; partition < partitions; partition += 1) {
          await trial.write({ batchTime: BATCH_TIME, ...name, partition, partitions });
        }
      }
      for (const write of trial.writes) await trial.repeat(write);
      await trial.assertDelivered();
    },
  },
];

/** Runs a batch in part, then again with the other number of partitions, in another process and through two sinks. */
async function assertRescales<T>(trial: SinkTrial<T>, rescale: Rescale): Promise<void> {
  if (trial.sink.capabilities.delivery !== 'effectively-once') return;
  const batchTime = BATCH_TIME + trial.writes.length * 1_000;
  const { from, to, written, empty = [] } = rescale;
  const first = Array.from({ length: from }, (_, partition) =>
    trial.expect(
      { batchTime, partition, partitions: from },
      empty.includes(partition) ? 0 : RECORDS_PER_PARTITION,
    ),
  );
  for (const write of first) if (written.includes(write.partition)) await trial.repeat(write);
  await trial.crash();
  const other = await trial.open();
  await trial.open();
  const before = sorted(await trial.outsideIds());
  const earlier = before.filter((id) => !first.some((write) => trial.idsOf(write).includes(id)));
  const all = first.flatMap((write) => trial.idsOf(write));
  const second = Array.from({ length: to }, (_, partition): [SinkWrite, readonly T[]] => {
    const ids = all.filter((_, index) => index % to === partition);
    return [{ ...at(first), partition, partitions: to }, trial.recordsOf(ids)];
  });
  let refused = 0;
  // A failed partition is tried again, so a refusal must be repeated each time.
  for (const [index, [write, records]] of [...second, ...second].entries()) {
    const sink = index % 2 === 0 ? trial.sink : other;
    if (await isRefused(sink.write(once(records), write))) refused += 1;
  }
  const after = sorted(await trial.outsideIds());
  if (refused === 0) {
    assert.deepEqual(
      after,
      sorted([...earlier, ...all]),
      `${told(rescale)}: expected each record in the destination once`,
    );
    // Later checks of this trial compare with the complete result of the first run.
    return;
  }
  assert.equal(refused, 2 * to, `${told(rescale)}: expected every partition to be refused, or none`);
  assert.deepEqual(after, before, `${told(rescale)}: expected a refused batch to change nothing`);
  for (const write of first) await trial.repeat(write);
  await trial.assertDelivered();
}

async function isRefused(writing: Promise<void>): Promise<boolean> {
  try {
    await writing;
    return false;
  } catch (error) {
    if (isMillraceError(error, 'MR_SINK_REPARTITIONED')) return true;
    throw error;
  }
}

function told({ from, to, written }: Rescale): string {
  return `partitions ${written.join(', ')} of ${from} were written, then the batch ran with ${to} partitions`;
}

function at(writes: readonly SinkWrite[]): SinkWrite {
  const [first] = writes;
  assert(first !== undefined);
  return first;
}

function sorted(ids: readonly number[]): readonly number[] {
  return ids.toSorted((a, b) => a - b);
}
