// Checks of the checkpoints of a store; the checks of parts are in `checkpoint-part-checks.ts`.
import assert from 'node:assert/strict';
import { isMillraceError } from '@millrace/core';
import { settle } from '../../settle.ts';
import type { ConformanceCheck } from '../kit/conformance-check.ts';
import { applies, hook } from '../kit/not-applicable.ts';
import { rejectionOf, told } from '../kit/rejection-of.ts';
import { utf8Bytes, utf8Text } from '../kit/text-bytes.ts';
import { type CheckpointTrial, CUTS, opened } from './checkpoint-trial.ts';

/** Checks of the checkpoints of a store. */
export const CHECKPOINT_CHECKS: readonly ConformanceCheck<CheckpointTrial>[] = [
  {
    number: 'CHECKPOINT-1.1',
    title: 'a write interrupted at any point leaves either the old or the new checkpoint, complete',
    look: 'writing in place: write to a temporary name, sync, then rename in one step',
    run: async ({ target, capabilities }) => {
      applies(capabilities.durability !== 'memory', 'the store claims to survive nothing');
      const haltAfter = hook(target, 'haltAfter');
      const crash = hook(target, 'crashProcess');
      let store = await opened(target);
      await store.write(1_000, utf8Bytes('one'));
      for (let cut = 1; cut <= CUTS; cut += 1) {
        const time = 1_000 + cut;
        const halted = haltAfter(cut);
        const writing = store.write(time, utf8Bytes(`new ${cut}`)).then(() => true);
        writing.catch(() => undefined);
        const isWritten = await Promise.race([writing, halted.then(() => false)]);
        await settle();
        crash();
        store = await opened(target);
        const newest = await store.newest();
        assert(newest !== undefined, 'there is no checkpoint left');
        if (newest.batchTime === time)
          assert.equal(utf8Text(newest.bytes), `new ${cut}`, 'half of a checkpoint');
        else assert(!isWritten, 'a checkpoint is missing although its write resolved');
      }
    },
  },
  {
    number: 'CHECKPOINT-2.1',
    title: 'a written checkpoint survives a power loss of the machine',
    promises: ['STA-1'],
    look: 'a missing sync: of the file before the rename, or of the directory after the rename',
    run: async ({ target, capabilities }) => {
      applies(capabilities.durability === 'machine', 'the store does not claim to survive a loss of power');
      const crash = hook(target, 'crashMachine');
      for (let time = 1_000; time <= 8_000; time += 1_000) {
        const store = await opened(target);
        await store.write(time, utf8Bytes(`checkpoint ${time}`));
        crash();
        const newest = await (await opened(target)).newest();
        assert.equal(newest?.batchTime, time, 'the checkpoint is missing');
        assert.equal(utf8Text(newest.bytes), `checkpoint ${time}`);
        crash();
      }
    },
  },
  {
    number: 'CHECKPOINT-3.1',
    title: 'newest returns the checkpoint with the greatest batch time',
    look: 'sorting by name or by time of writing: 10000 follows 9000',
    run: async ({ target }) => {
      const store = await opened(target);
      for (const time of [9_000, 10_000, 1_000]) await store.write(time, utf8Bytes(String(time)));
      assert.equal((await store.newest())?.batchTime, 10_000);
    },
  },
  {
    number: 'CHECKPOINT-3.2',
    title: 'newest skips a damaged checkpoint and returns the one before',
    look: 'the checksum, and the reaction to a mismatch',
    run: async ({ target }) => {
      const damage = hook(target, 'damage');
      const store = await opened(target);
      for (const time of [1_000, 2_000, 3_000]) await store.write(time, utf8Bytes(String(time)));
      await damage(3_000);
      await damage(2_000);
      const newest = await store.newest();
      assert.equal(newest?.batchTime, 1_000);
      assert.equal(utf8Text(newest.bytes), '1000');
    },
  },
  {
    number: 'CHECKPOINT-3.3',
    title: 'newest skips a checkpoint that accept refuses',
    look: 'accept is called for each checkpoint, newest first',
    run: async ({ target }) => {
      const store = await opened(target);
      for (const time of [1_000, 2_000, 3_000]) await store.write(time, utf8Bytes(String(time)));
      const asked: number[] = [];
      const newest = await store.newest(({ batchTime }) => {
        asked.push(batchTime);
        return batchTime === 1_000;
      });
      assert.equal(newest?.batchTime, 1_000);
      assert.deepEqual(asked, [3_000, 2_000, 1_000]);
    },
  },
  {
    number: 'CHECKPOINT-4.1',
    title: 'each skipped checkpoint is logged',
    look: 'one warning for each skipped checkpoint',
    run: async ({ target }) => {
      const warnings = hook(target, 'warnings');
      const store = await opened(target);
      for (const time of [1_000, 2_000, 3_000]) await store.write(time, utf8Bytes(String(time)));
      const before = warnings();
      await store.newest(({ batchTime }) => batchTime === 1_000);
      assert.equal(warnings() - before, 2, 'expected a warning for each skipped checkpoint');
    },
  },
  {
    number: 'CHECKPOINT-5.1',
    title: 'newest returns undefined when no checkpoint exists',
    look: 'a location that does not exist yet',
    run: async ({ target }) => {
      const store = await opened(target);
      assert.equal(await store.newest(), undefined);
      assert.deepEqual(await store.list(), []);
    },
  },
  {
    number: 'CHECKPOINT-5.2',
    title: 'newest rejects with MR_CHECKPOINT_UNREADABLE when no existing checkpoint is usable',
    promises: ['STA-1'],
    look: 'an answer of undefined: the program would start without its former state',
    run: async ({ target }) => {
      const store = await opened(target);
      await store.write(1_000, utf8Bytes('one'));
      const error = await rejectionOf(store.newest(() => false));
      assert(isMillraceError(error, 'MR_CHECKPOINT_UNREADABLE'), `expected a rejection, got ${told(error)}`);
    },
  },
  {
    number: 'CHECKPOINT-6.1',
    title: 'a checkpoint is read back under its batch time with the written bytes',
    promises: ['STA-1'],
    look: 'bytes stored without a copy, an empty checkpoint, a large checkpoint',
    run: async ({ target }) => {
      const store = await opened(target);
      const bytes = utf8Bytes('as written');
      await store.write(1_732_158_000_000, bytes);
      bytes.fill(0);
      const newest = await store.newest();
      assert.equal(newest?.batchTime, 1_732_158_000_000);
      assert.equal(utf8Text(newest.bytes), 'as written');
      await store.write(1_732_158_001_000, new Uint8Array(0));
      assert.equal((await store.newest())?.bytes.byteLength, 0);
      await store.write(1_732_158_002_000, new Uint8Array(1_000_000).fill(7));
      const large = (await store.newest())?.bytes;
      assert(
        large?.byteLength === 1_000_000 && large.every((byte) => byte === 7),
        'a large checkpoint came back changed',
      );
    },
  },
  {
    number: 'CHECKPOINT-7.1',
    title: 'list returns every batch time, oldest first',
    look: 'sorting by name',
    run: async ({ target }) => {
      const store = await opened(target);
      for (const time of [10_000, 9_000, 0, 100_000]) await store.write(time, utf8Bytes('x'));
      assert.deepEqual(await store.list(), [0, 9_000, 10_000, 100_000]);
    },
  },
  {
    number: 'CHECKPOINT-8.1',
    title: 'prune keeps the newest checkpoints',
    look: 'the end of the list from which prune removes',
    run: async ({ target }) => {
      const store = await opened(target);
      for (const time of [1_000, 10_000, 9_000, 2_000]) await store.write(time, utf8Bytes(String(time)));
      await store.prune(3);
      assert.deepEqual(await store.list(), [2_000, 9_000, 10_000]);
      await store.prune(5);
      await store.prune(1);
      assert.deepEqual(await store.list(), [10_000]);
      assert.equal(utf8Text((await store.newest())?.bytes), '10000');
    },
  },
  {
    number: 'CHECKPOINT-9.1',
    title: 'bytes of any value are stored unchanged',
    look: 'a store that treats the bytes as text',
    run: async ({ target }) => {
      const store = await opened(target);
      const bytes = Uint8Array.from({ length: 512 }, (_, i) => i % 256);
      await store.write(1_000, bytes);
      assert.deepEqual([...((await store.newest())?.bytes ?? [])], [...bytes]);
    },
  },
  {
    number: 'CHECKPOINT-11.1',
    title: 'a write under an existing time replaces the checkpoint; a failed write leaves the existing one',
    look: 'removing the old checkpoint before the new one is complete',
    run: async ({ target }) => {
      const store = await opened(target);
      await store.write(1_000, utf8Bytes('first'));
      await store.write(1_000, utf8Bytes('second'));
      assert.deepEqual(await store.list(), [1_000]);
      assert.equal(utf8Text((await store.newest())?.bytes), 'second');
      if (target.setFailing === undefined) return;
      await target.setFailing(true);
      assert(
        (await rejectionOf(store.write(1_000, utf8Bytes('third')))) !== undefined,
        'the write resolved although its operation failed',
      );
      await target.setFailing(false);
      assert.equal(utf8Text((await store.newest())?.bytes), 'second');
    },
  },
  {
    number: 'CHECKPOINT-16.1',
    title: 'newest awaits an asynchronous accept',
    look: 'a returned promise treated as true',
    run: async ({ target }) => {
      const store = await opened(target);
      for (const time of [1_000, 2_000]) await store.write(time, utf8Bytes(String(time)));
      const newest = await store.newest(({ batchTime }) => Promise.resolve(batchTime === 1_000));
      assert.equal(newest?.batchTime, 1_000, 'a refused checkpoint was returned');
      const error = await rejectionOf(store.newest(() => Promise.resolve(false)));
      assert(isMillraceError(error, 'MR_CHECKPOINT_UNREADABLE'), `expected a rejection, got ${told(error)}`);
    },
  },
];
