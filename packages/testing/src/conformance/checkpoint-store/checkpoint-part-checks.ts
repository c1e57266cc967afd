// Checks of the parts of a checkpoint store. A part holds large state that changes rarely: it is written once and
// referenced by any number of checkpoints. The store does not know the references.
import assert from 'node:assert/strict';
import { isMillraceError } from '@millrace/core';
import { settle } from '../../settle.ts';
import type { ConformanceCheck } from '../kit/conformance-check.ts';
import { applies, hook } from '../kit/not-applicable.ts';
import { rejectionOf, told } from '../kit/rejection-of.ts';
import type { ManagedCheckpointStore } from './checkpoint-store-target.ts';
import { utf8Bytes, utf8Text } from '../kit/text-bytes.ts';
import { type CheckpointTrial, CUTS, opened } from './checkpoint-trial.ts';

/** Checks of the parts of a store. */
export const CHECKPOINT_PART_CHECKS: readonly ConformanceCheck<CheckpointTrial>[] = [
  {
    number: 'CHECKPOINT-12.1',
    title: 'a part whose write is interrupted at any point is present as a whole or absent',
    promises: ['STA-1'],
    look: 'writing in place: a part needs the same care as a checkpoint',
    run: async ({ target, capabilities }) => {
      applies(capabilities.durability !== 'memory', 'the store claims to survive nothing');
      const haltAfter = hook(target, 'haltAfter');
      const crash = hook(target, 'crashProcess');
      for (let cut = 1; cut <= CUTS; cut += 1) {
        const store = await opened(target);
        const halted = haltAfter(cut);
        const writing = store.writePart(cut, utf8Bytes(`part ${cut}`)).then(() => true);
        // The process dies before the outcome can be observed.
        writing.catch(() => undefined);
        const isWritten = await Promise.race([writing, halted.then(() => false)]);
        await settle();
        crash();
        const text = await partOf(await opened(target), cut);
        if (text === undefined) assert(!isWritten, 'a part is missing although its write resolved');
        else assert.equal(text, `part ${cut}`, 'half of a part');
        crash();
      }
    },
  },
  {
    number: 'CHECKPOINT-12.2',
    title: 'a written part survives a power loss of the machine',
    promises: ['STA-1'],
    look: 'a missing sync: the checkpoint that references the part is written right after the part',
    run: async ({ target, capabilities }) => {
      applies(capabilities.durability === 'machine', 'the store does not claim to survive a loss of power');
      const crash = hook(target, 'crashMachine');
      for (let part = 1; part <= 8; part += 1) {
        await (await opened(target)).writePart(part, utf8Bytes(`part ${part}`));
        crash();
        assert.equal(await partOf(await opened(target), part), `part ${part}`, 'the part is missing');
        crash();
      }
    },
  },
  {
    number: 'CHECKPOINT-13.1',
    title: 'a part is read back with the written bytes',
    promises: ['STA-1'],
    look: 'bytes stored without a copy or treated as text, an empty part, a large part',
    run: async ({ target }) => {
      const store = await opened(target);
      const any = Uint8Array.from({ length: 512 }, (_, i) => i % 256);
      const kept = [any, new Uint8Array(0), new Uint8Array(1_000_000).fill(7)];
      for (const [part, bytes] of kept.entries()) {
        const given = bytes.slice();
        await store.writePart(part, given);
        given.fill(0);
      }
      for (const [part, bytes] of kept.entries())
        assert(
          Buffer.from(bytes).equals(await store.readPart(part)),
          `a part of ${bytes.byteLength} bytes came back changed`,
        );
    },
  },
  {
    number: 'CHECKPOINT-13.2',
    title: 'reading an absent part rejects with MR_CHECKPOINT_PART_UNREADABLE',
    look: 'an answer of zero bytes, or the raw error of the disk',
    run: async ({ target }) => assertUnreadable(await opened(target), 7),
  },
  {
    number: 'CHECKPOINT-13.3',
    title: 'reading a damaged part rejects with MR_CHECKPOINT_PART_UNREADABLE',
    promises: ['STA-1'],
    look: 'the checksum of a part, and the reaction to a mismatch',
    run: async ({ target }) => {
      const damage = hook(target, 'damagePart');
      const store = await opened(target);
      for (const part of [1, 2]) await store.writePart(part, utf8Bytes(`part ${part}`));
      await damage(1);
      await assertUnreadable(store, 1);
      assert.equal(await partOf(store, 2), 'part 2', 'the damage of one part affected another part');
    },
  },
  {
    number: 'CHECKPOINT-14.1',
    title: 'listParts returns every part number, smallest first, and no checkpoint',
    look: 'sorting by name: 10 follows 9',
    run: async ({ target }) => {
      const store = await opened(target);
      assert.deepEqual(await store.listParts(), []);
      await store.write(5_000, utf8Bytes('no part'));
      for (const part of [10, 9, 0, 100]) await store.writePart(part, utf8Bytes('x'));
      assert.deepEqual(await store.listParts(), [0, 9, 10, 100]);
      assert.deepEqual(await store.list(), [5_000], 'parts are listed among the checkpoints');
    },
  },
  {
    number: 'CHECKPOINT-15.1',
    title: 'removePart removes the part; removing an absent part is no error',
    look: 'a driver that died during clean-up removes the same parts again',
    run: async ({ target }) => {
      const store = await opened(target);
      for (const part of [1, 2]) await store.writePart(part, utf8Bytes(`part ${part}`));
      await store.removePart(1);
      assert.deepEqual(await store.listParts(), [2]);
      await assertUnreadable(store, 1);
      const error = await rejectionOf(Promise.all([store.removePart(1), store.removePart(99)]));
      assert.equal(error, undefined, `expected no error, got ${told(error)}`);
      assert.equal(await partOf(store, 2), 'part 2');
    },
  },
  {
    number: 'CHECKPOINT-15.2',
    title: 'prune removes no part',
    look: 'parts treated as old checkpoints: only the driver knows the references to parts',
    run: async ({ target }) => {
      const store = await opened(target);
      for (const part of [1, 2, 3]) await store.writePart(part, utf8Bytes(`part ${part}`));
      for (const time of [1_000, 2_000, 3_000]) await store.write(time, utf8Bytes(String(time)));
      await store.prune(1);
      assert.deepEqual(await store.listParts(), [1, 2, 3]);
      assert.equal(await partOf(store, 1), 'part 1');
    },
  },
];

/** The text of a part; undefined when the store rejects the read as unreadable. */
async function partOf(store: ManagedCheckpointStore, part: number): Promise<string | undefined> {
  try {
    return utf8Text(await store.readPart(part));
  } catch (error) {
    if (isMillraceError(error, 'MR_CHECKPOINT_PART_UNREADABLE')) return undefined;
    throw error;
  }
}

async function assertUnreadable(store: ManagedCheckpointStore, part: number): Promise<void> {
  const error = await rejectionOf(store.readPart(part));
  assert(isMillraceError(error, 'MR_CHECKPOINT_PART_UNREADABLE'), `expected a rejection, got ${told(error)}`);
}
