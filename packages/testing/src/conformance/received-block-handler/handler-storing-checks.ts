// Checks of storing, reading and removing blocks.
import assert from 'node:assert/strict';
import type { StoredBlock } from '@millrace/core';
import { recordsBlock } from '../../builders.ts';
import { settle } from '../../settle.ts';
import type { ConformanceCheck } from '../kit/conformance-check.ts';
import { applies, hook } from '../kit/not-applicable.ts';
import { rejectionOf } from '../kit/rejection-of.ts';
import { assertReads, type HandlerTrial, KINDS, storeAll } from './handler-trial.ts';

/** Checks of storing, reading and removing blocks. */
export const HANDLER_STORING_CHECKS: readonly ConformanceCheck<HandlerTrial>[] = [
  {
    number: 'HANDLER-1.1',
    title: 'a stored block is readable at once, and the handler has the claimed durability',
    look: 'the durability of the handler',
    run: async ({ target: { handler }, capabilities }) => {
      assert.equal(handler.durability, capabilities.durability);
      const stored = await storeAll(handler, KINDS);
      await assertReads(handler, stored, KINDS);
    },
  },
  {
    number: 'HANDLER-1.2',
    title: 'storeBlock does not resolve before the block is durable',
    promises: ['REC-1'],
    look: 'an answer given while the block is only in memory',
    run: async ({ target }) => {
      const release = hook(target, 'hold')();
      let isStored = false;
      const storing = target.handler.storeBlock('input-0-a-0', recordsBlock([1])).then(() => {
        isStored = true;
      });
      await settle();
      assert(!isStored, 'storeBlock resolved while nothing could become durable');
      release();
      await storing;
    },
  },
  {
    number: 'HANDLER-1.3',
    title: 'stored blocks survive the death of the process',
    promises: ['REC-1', 'WAL-1'],
    look: 'the data written before storeBlock resolves; the answer alone must be enough to find the block',
    run: async ({ target, capabilities }) => {
      applies(capabilities.durability !== 'memory', 'the handler claims to survive nothing');
      const crash = hook(target, 'crashProcess');
      const stored = await storeAll(target.handler, KINDS);
      await assertReads(await crash(), stored, KINDS);
    },
  },
  {
    number: 'HANDLER-1.4',
    title: 'stored blocks survive a power loss of the machine',
    promises: ['REC-1', 'WAL-1'],
    look: 'a missing sync',
    run: async ({ target, capabilities }) => {
      applies(capabilities.durability === 'machine', 'the handler does not claim to survive a loss of power');
      const crash = hook(target, 'crashMachine');
      const stored = await storeAll(target.handler, KINDS);
      await assertReads(await crash(), stored, KINDS);
    },
  },
  {
    number: 'HANDLER-2.1',
    title: 'a block whose storing failed is absent and may be stored again under its id',
    look: 'remains of a failed attempt: a copy in memory, or a recorded id',
    run: async ({ target }) => {
      const failNext = hook(target, 'failNext');
      const block = recordsBlock([1, 2]);
      failNext();
      const error = await rejectionOf(target.handler.storeBlock('input-0-a-0', block));
      assert(error !== undefined, 'storing succeeded although the medium failed');
      const lost: StoredBlock = {
        blockId: 'input-0-a-0',
        recordCount: 2,
        sizeBytes: 2,
        durability: 'memory',
      };
      assert.equal(
        await target.handler.readBlock(lost),
        undefined,
        'the block is present although storing failed',
      );
      const stored = await target.handler.storeBlock('input-0-a-0', block);
      await assertReads(target.handler, [stored], [block]);
    },
  },
  {
    number: 'HANDLER-4.1',
    title: 'the answer holds id, record count, bytes and durability, and is plain data',
    look: 'the answer of storeBlock, which travels to the driver and to other executors',
    run: async ({ target: { handler } }) => {
      for (const [index, block] of KINDS.entries()) {
        const stored = await handler.storeBlock(`input-0-a-${index}`, block);
        assert.equal(stored.blockId, `input-0-a-${index}`);
        assert.equal(stored.recordCount, block.recordCount);
        assert.equal(stored.sizeBytes, block.sizeBytes);
        assert.equal(stored.durability, handler.durability);
        assert.equal(
          'handle' in stored,
          handler.durability !== 'memory',
          'the handle must show that the block is in a log',
        );
        assert.deepEqual(JSON.parse(JSON.stringify(stored)), stored, 'the answer is not plain data');
      }
    },
  },
  {
    number: 'HANDLER-5.1',
    title: 'blocks of every kind are read back unchanged',
    look: 'the kind of a block and its chunks when the block is read from a log',
    run: async ({ target }) => {
      const stored = await storeAll(target.handler, KINDS);
      await target.evict?.();
      await assertReads(target.handler, stored, KINDS);
    },
  },
  {
    number: 'HANDLER-5.2',
    title: 'a block dropped from memory is read from durable storage',
    look: 'reading by the handle in the answer',
    run: async ({ target, capabilities }) => {
      applies(capabilities.durability !== 'memory', 'the handler has no place but memory');
      const evict = hook(target, 'evict');
      const stored = await storeAll(target.handler, KINDS);
      await evict();
      await assertReads(
        target.handler,
        stored.map((one) => structuredClone(one)),
        KINDS,
      );
    },
  },
  {
    number: 'HANDLER-5.3',
    title: 'reading an unknown block returns undefined',
    look: 'an exception for a lost block: the task must be able to detect the loss',
    run: async ({ target: { handler } }) => {
      const lost: StoredBlock = {
        blockId: 'input-9-z-9',
        recordCount: 1,
        sizeBytes: 1,
        durability: 'memory',
      };
      assert.equal(await handler.readBlock(lost), undefined);
    },
  },
  {
    number: 'HANDLER-6.1',
    title: 'clean-up keeps every block that may belong to the threshold batch or a later batch',
    promises: ['WAL-4'],
    look: 'clean-up by the storing time of a block, or by the clock of the executor',
    run: async ({ target }) => {
      const stored = await storeAll(target.handler, KINDS);
      await target.handler.cleanupOldBlocks(5_000);
      await target.handler.cleanupOldBlocks(6_000, 7_000);
      await target.evict?.();
      await assertReads(target.handler, stored, KINDS);
    },
  },
  {
    number: 'HANDLER-7.1',
    title: 'clean-up may be repeated, and may arrive with an older threshold',
    look: 'messages of the driver arrive twice and late',
    run: async ({ target: { handler } }) => {
      const [first, ...others] = await storeAll(handler, KINDS);
      assert(first !== undefined);
      await handler.removeBlocks([first.blockId]);
      for (const threshold of [5_000, 5_000, 1_000]) await handler.cleanupOldBlocks(threshold);
      await assertReads(handler, others, KINDS.slice(1));
    },
  },
  {
    number: 'HANDLER-8.1',
    title: 'removeBlocks drops only the given blocks, and unknown blocks are no error',
    look: 'neighbours of a removed block: a segment is not free after the removal of one of its blocks',
    run: async ({ target }) => {
      const { handler } = target;
      const [first, ...others] = await storeAll(handler, KINDS);
      assert(first !== undefined);
      await handler.removeBlocks([first.blockId, 'input-9-z-9']);
      await handler.removeBlocks([first.blockId]);
      await handler.cleanupOldBlocks(10_000, 10_000);
      await target.evict?.();
      await assertReads(handler, others, KINDS.slice(1));
      if (handler.durability === 'memory')
        assert.equal(await handler.readBlock(first), undefined, 'not removed');
    },
  },
  {
    number: 'HANDLER-9.1',
    title: 'blocks of many receivers are stored concurrently',
    look: 'state shared by two calls of storeBlock',
    run: async ({ target }) => {
      const blocks = Array.from({ length: 50 }, (_, i) => recordsBlock([`record of ${i}`]));
      const stored = await Promise.all(
        blocks.map((block, i) => target.handler.storeBlock(`input-${i}-a-0`, block)),
      );
      await target.evict?.();
      await assertReads(target.handler, stored, blocks);
    },
  },
];
