// Checks of a store that drivers on several machines reach: the first call of a driver takes the store over.
import assert from 'node:assert/strict';
import { isMillraceError } from '@millrace/core';
import type { ConformanceCheck } from '../kit/conformance-check.ts';
import { applies } from '../kit/not-applicable.ts';
import { rejectionOf, told } from '../kit/rejection-of.ts';
import { utf8Bytes, utf8Text } from '../kit/text-bytes.ts';
import type { ManagedCheckpointStore } from './checkpoint-store-target.ts';
import { type CheckpointTrial, opened } from './checkpoint-trial.ts';

/** Checks of the takeover of a store. */
export const CHECKPOINT_TAKEOVER_CHECKS: readonly ConformanceCheck<CheckpointTrial>[] = [
  {
    number: 'CHECKPOINT-20.1',
    title:
      'a driver whose store was taken over changes nothing: every change is refused with MR_CHECKPOINT_FENCED',
    promises: ['BAT-1', 'STA-1'],
    look: 'objects that are removed or replaced before the refusal, and changes of parts',
    run: async (trial) => {
      const first = await filled(trial);
      const second = await opened(trial.target);
      await second.list();
      for (const change of CHANGES) await assertRefused(first, change);
      await assertAsFilled(second);
      await second.write(3_000, utf8Bytes('three'));
      for (const change of CHANGES) await assertRefused(first, change);
      assert.deepEqual(await second.list(), [1_000, 2_000, 3_000]);
      await assertAsFilled(await opened(trial.target), 3_000);
    },
  },
  {
    number: 'CHECKPOINT-20.2',
    title: 'the first call of a driver takes the store over, whichever call it is',
    promises: ['BAT-1', 'STA-1'],
    look: 'reads that take nothing over: what the driver has read would change behind its back',
    run: async (trial) => {
      for (const call of FIRST_CALLS) {
        const before = await filled(trial);
        await call(await opened(trial.target));
        await assertRefused(before, (store) => store.write(9_000, utf8Bytes('late')));
      }
    },
  },
];

type Change = (store: ManagedCheckpointStore) => Promise<void>;

const CHANGES: readonly Change[] = [
  (store) => store.write(2_000, utf8Bytes('replaced')),
  (store) => store.prune(1),
  (store) => store.writePart(7, utf8Bytes('replaced')),
  (store) => store.writePart(8, utf8Bytes('late')),
  (store) => store.removePart(7),
];

const FIRST_CALLS: readonly ((store: ManagedCheckpointStore) => Promise<unknown>)[] = [
  (store) => store.newest(),
  (store) => store.list(),
  (store) => store.readPart(7),
  (store) => store.listParts(),
  (store) => store.write(1_000, utf8Bytes('one')),
  (store) => store.writePart(7, utf8Bytes('part')),
];

/** The store of a driver, with two checkpoints and a part. */
async function filled({ target, capabilities }: CheckpointTrial): Promise<ManagedCheckpointStore> {
  applies(capabilities.takesOver === true, 'drivers of other machines do not reach the store');
  const store = await opened(target);
  await store.write(1_000, utf8Bytes('one'));
  await store.write(2_000, utf8Bytes('two'));
  await store.writePart(7, utf8Bytes('part'));
  return store;
}

async function assertRefused(store: ManagedCheckpointStore, change: Change): Promise<void> {
  const error = await rejectionOf(change(store));
  assert(
    isMillraceError(error, 'MR_CHECKPOINT_FENCED'),
    `expected MR_CHECKPOINT_FENCED of ${change.toString()}, got ${told(error)}`,
  );
  assert.equal(error.disposition, 'stop-engine');
}

/** Asserts the content of `filled`, below a newer checkpoint. */
async function assertAsFilled(
  store: ManagedCheckpointStore,
  belowTime = Number.POSITIVE_INFINITY,
): Promise<void> {
  const times = (await store.list()).filter((time) => time < belowTime);
  assert.deepEqual([times, await store.listParts()], [[1_000, 2_000], [7]], 'a refused change was made');
  const newest = await store.newest(({ batchTime }) => batchTime < belowTime);
  assert.equal(utf8Text(newest?.bytes), 'two', 'a refused write was made');
  assert.equal(utf8Text(await store.readPart(7)), 'part', 'a refused write of a part was made');
}
