// What is proven of a received-block handler.
import assert from 'node:assert/strict';
import { type Block, isMillraceError, type ReceivedBlockHandler, type StoredBlock } from '@millrace/core';
import { recordsBlock, textBlock } from '../../builders.ts';
import { settle } from '../../settle.ts';
import type { ConformanceCheck } from '../kit/conformance-check.ts';
import { applies, hook } from '../kit/not-applicable.ts';
import { rejectionOf, told } from '../kit/rejection-of.ts';
import type { TargetTrial } from '../kit/with-target.ts';
import type {
  ReceivedBlockHandlerCapabilities,
  ReceivedBlockHandlerTarget,
} from './received-block-handler-target.ts';

/** What each check is given. */
export type HandlerTrial = TargetTrial<ReceivedBlockHandlerTarget, ReceivedBlockHandlerCapabilities>;

const ENCODED: Block = { kind: 'encoded', bytes: new Uint8Array([1, 2, 3]), recordCount: 2, sizeBytes: 3 };
const KINDS: readonly Block[] = [
  recordsBlock([1, 'two', { three: [3n] }]),
  textBlock('one\n\ndrei\n'),
  ENCODED,
];

/** Checks of a received-block handler. */
export const HANDLER_CHECKS: readonly ConformanceCheck<HandlerTrial>[] = [
  {
    number: 'HANDLER-1.1',
    title: 'a stored block can be read at once, and the handler is as durable as it claims',
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
    look: 'an answer that is given when the block is in memory',
    run: async ({ target }) => {
      const release = hook(target, 'hold')();
      let isStored = false;
      const storing = target.handler.storeBlock('input-0-a-0', recordsBlock([1])).then(() => {
        isStored = true;
      });
      await settle();
      assert(!isStored, 'storeBlock resolved while nothing could be made durable');
      release();
      await storing;
    },
  },
  {
    number: 'HANDLER-1.3',
    title: 'stored blocks are there after the process died',
    promises: ['REC-1', 'WAL-1'],
    look: 'what is written before storeBlock resolves, and that the answer alone is enough to find it',
    run: async ({ target, capabilities }) => {
      applies(capabilities.durability !== 'memory', 'the handler claims to survive nothing');
      const crash = hook(target, 'crashProcess');
      const stored = await storeAll(target.handler, KINDS);
      await assertReads(await crash(), stored, KINDS);
    },
  },
  {
    number: 'HANDLER-1.4',
    title: 'stored blocks are there after the machine lost power',
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
    title: 'a block whose storing failed is not there, and may be stored again under its id',
    look: 'what a failed attempt leaves behind: a copy in memory, or a note of its id',
    run: async ({ target }) => {
      const failNext = hook(target, 'failNext');
      const block = recordsBlock([1, 2]);
      failNext();
      const error = await rejectionOf(target.handler.storeBlock('input-0-a-0', block));
      assert(error !== undefined, 'storing succeeded although its medium failed');
      const lost: StoredBlock = {
        blockId: 'input-0-a-0',
        recordCount: 2,
        sizeBytes: 2,
        durability: 'memory',
      };
      assert.equal(
        await target.handler.readBlock(lost),
        undefined,
        'the block is there although storing it failed',
      );
      const stored = await target.handler.storeBlock('input-0-a-0', block);
      await assertReads(target.handler, [stored], [block]);
    },
  },
  {
    number: 'HANDLER-4.1',
    title: 'the answer names id, records, bytes, durability, and is plain data',
    look: 'what storeBlock answers: it travels to the driver and to other executors',
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
          'a handle says that a log has the block',
        );
        assert.deepEqual(JSON.parse(JSON.stringify(stored)), stored, 'the answer is not plain data');
      }
    },
  },
  {
    number: 'HANDLER-5.1',
    title: 'blocks of every kind come back as they were',
    look: 'the kind of a block and its chunks, when it is read back from a log',
    run: async ({ target }) => {
      const stored = await storeAll(target.handler, KINDS);
      await target.evict?.();
      await assertReads(target.handler, stored, KINDS);
    },
  },
  {
    number: 'HANDLER-5.2',
    title: 'a block that memory has dropped is read from where it was made durable',
    look: 'reading by the handle of the answer',
    run: async ({ target, capabilities }) => {
      applies(capabilities.durability !== 'memory', 'there is no place but memory');
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
    title: 'a block that nobody stored is answered with undefined',
    look: 'an exception where the block is lost: the task has to know that it is',
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
    title: 'clean-up keeps what may belong to the batch of the threshold or a later one',
    promises: ['WAL-4'],
    look: 'clean-up by the time at which a block was stored, or by the clock of the executor',
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
    title: 'clean-up may be repeated, and go back',
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
    title: 'removeBlocks forgets the given blocks only, and unknown ones are no error',
    look: 'what else stands beside a removed block: a whole segment is not free when one of its blocks is',
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
        assert.equal(await handler.readBlock(first), undefined, 'not forgotten');
    },
  },
  {
    number: 'HANDLER-9.1',
    title: 'blocks of many receivers are stored at once',
    look: 'state that two calls of storeBlock share',
    run: async ({ target }) => {
      const blocks = Array.from({ length: 50 }, (_, i) => recordsBlock([`record of ${i}`]));
      const stored = await Promise.all(
        blocks.map((block, i) => target.handler.storeBlock(`input-${i}-a-0`, block)),
      );
      await target.evict?.();
      await assertReads(target.handler, stored, blocks);
    },
  },
  {
    number: 'HANDLER-13.1',
    title: 'a block that can be read again is there, and the answer says where',
    promises: ['REC-1', 'BAT-4'],
    look: 'an answer of more durability than the block has: memory, without a handle, is enough for such a block',
    run: async ({ target }) => {
      const { handler } = target;
      const stored: StoredBlock[] = [];
      for (const [index, block] of KINDS.entries())
        stored.push(await handler.storeBlock(`input-0-a-${index}`, block, { canBeReadAgain: true }));
      await assertReads(handler, stored, KINDS);
      for (const { durability, handle } of stored) {
        const isInLog = durability !== 'memory';
        assert.equal(durability, isInLog ? handler.durability : 'memory');
        assert.equal(handle !== undefined, isInLog, 'a handle says that a log has the block');
      }
      if (target.crashProcess === undefined) return;
      const next = await target.crashProcess();
      for (const [index, one] of stored.entries())
        if (one.durability !== 'memory') await assertReads(next, [one], KINDS.slice(index, index + 1));
    },
  },
  {
    number: 'HANDLER-15.1',
    title: 'a handler that says so refuses a block with a record that is no data, and stores nothing of it',
    look: 'what is kept in memory before the records are encoded',
    run: async ({ target: { handler } }) => {
      applies(handler.refusesUnsupported === true, 'the handler does not look at records');
      const id = 'input-0-a-0';
      const error = await rejectionOf(handler.storeBlock(id, recordsBlock([1, Symbol('s')])));
      assert(isMillraceError(error, 'MR_CODEC_UNSUPPORTED_VALUE'), `expected a refusal, got ${told(error)}`);
      const good = recordsBlock([1]);
      const stored = await handler.storeBlock(id, good);
      await assertReads(handler, [stored], [good]);
    },
  },
];

async function storeAll(
  handler: ReceivedBlockHandler,
  blocks: readonly Block[],
): Promise<readonly StoredBlock[]> {
  const stored: StoredBlock[] = [];
  for (const [index, block] of blocks.entries())
    stored.push(await handler.storeBlock(`input-0-a-${index}`, block));
  return stored;
}

async function assertReads(
  handler: ReceivedBlockHandler,
  stored: readonly StoredBlock[],
  blocks: readonly Block[],
): Promise<void> {
  for (const [index, one] of stored.entries()) {
    const block = await handler.readBlock(one);
    assert(block !== undefined, `block ${one.blockId} is lost`);
    assert.deepEqual(contentOf(block), contentOf(blocks[index]), `block ${one.blockId} is another`);
  }
}

/** What a block holds, however it is cut into chunks. */
function contentOf(block: Block | undefined): unknown {
  if (block === undefined) return undefined;
  const { kind, recordCount } = block;
  if (kind === 'encoded') return { kind, recordCount, content: [...block.bytes] };
  if (kind === 'text') return { kind, recordCount, content: Buffer.concat(block.chunks).toString() };
  const content = block.chunks.flatMap(({ records, length }) => records.slice(0, length));
  return { kind, recordCount, content };
}
