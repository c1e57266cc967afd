// Checks of a received-block handler.
import assert from 'node:assert/strict';
import {
  type Block,
  isMillraceError,
  type LogHandle,
  MsgpackCodec,
  type ReceivedBlockHandler,
  type StoredBlock,
} from '@millrace/core';
import { REGISTRATION_KIND, REGISTRATION_VERSION } from '@millrace/core/engine';
import { recordsBlock, textBlock } from '../../builders.ts';
import { settle } from '../../settle.ts';
import { assertAmounts } from '../kit/amounts.ts';
import type { ConformanceCheck } from '../kit/conformance-check.ts';
import { applies, hook } from '../kit/not-applicable.ts';
import { rejectionOf, told } from '../kit/rejection-of.ts';
import type { TargetTrial } from '../kit/with-target.ts';
import type {
  ReceivedBlockHandlerCapabilities,
  ReceivedBlockHandlerTarget,
} from './received-block-handler-target.ts';

/** The input of each check. */
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
  {
    number: 'HANDLER-13.1',
    title: 'a replayable block is stored, and the answer names its location',
    promises: ['REC-1', 'BAT-4'],
    look: 'an answer with more durability than the block has: memory, without a handle, is enough for a replayable block',
    run: async ({ target }) => {
      const { handler } = target;
      const stored: StoredBlock[] = [];
      for (const [index, block] of KINDS.entries())
        stored.push(await handler.storeBlock(`input-0-a-${index}`, block, { canBeReadAgain: true }));
      await assertReads(handler, stored, KINDS);
      for (const { durability, handle } of stored) {
        const isInLog = durability !== 'memory';
        assert.equal(durability, isInLog ? handler.durability : 'memory');
        assert.equal(
          handle !== undefined,
          isInLog,
          'the handle must show exactly that the block is in a log',
        );
      }
      if (target.crashProcess === undefined) return;
      const next = await target.crashProcess();
      for (const [index, one] of stored.entries())
        if (one.durability !== 'memory') await assertReads(next, [one], KINDS.slice(index, index + 1));
    },
  },
  {
    number: 'HANDLER-15.1',
    title:
      'a handler that claims to do so refuses a block with an unsupported record and stores none of the block',
    look: 'copies in memory made before the records are encoded',
    run: async ({ target: { handler } }) => {
      applies(handler.refusesUnsupported === true, 'the handler does not check records');
      const id = 'input-0-a-0';
      const error = await rejectionOf(handler.storeBlock(id, recordsBlock([1, Symbol('s')])));
      assert(isMillraceError(error, 'MR_CODEC_UNSUPPORTED_VALUE'), `expected a refusal, got ${told(error)}`);
      const good = recordsBlock([1]);
      const stored = await handler.storeBlock(id, good);
      await assertReads(handler, [stored], [good]);
    },
  },
  {
    number: 'HANDLER-16.1',
    title: 'a handler reads exactly the logs whose entries it finds unchanged',
    look: 'an answer by the name of the log: another machine may have a log of the same name',
    run: async ({ target }) => {
      const { handler } = target;
      const entry = await hook(target, 'writeToDriverLog')(new Uint8Array([1, 2, 3]));
      assert.equal(await handler.readsLog?.(entry), true);
      const other = { ...entry, payload: new Uint8Array([1, 2, 4]) };
      assert.equal(await answerOf(handler.readsLog?.(other)), false, 'another payload');
      const { segment, offset, length } = entry.handle;
      const away = { ...entry, handle: { segment, offset: offset + 1, length } };
      assert.equal(await answerOf(handler.readsLog?.(away)), false, 'another place');
    },
  },
  {
    number: 'HANDLER-17.1',
    title: 'a block that is stored inside its registration is found there, in every later life',
    promises: ['REC-1', 'WAL-1'],
    look: 'reading the entry of the registration: the content is a part of the entry',
    run: async ({ target }) => {
      const write = hook(target, 'writeToDriverLog');
      const { handler } = target;
      const stored: StoredBlock[] = [];
      for (const [index, block] of KINDS.entries()) {
        const id = `input-0-a-${index}`;
        let handle: LogHandle | undefined;
        const register = async (content: Uint8Array): Promise<void> => {
          assert(handle === undefined, 'registered twice');
          ({ handle } = await write(registrationOf(id, content)));
        };
        const answer = await handler.storeBlock(id, block, { register });
        assert.equal(answer.isInline === true, handle !== undefined, 'isInline must show the registration');
        stored.push(handle === undefined ? answer : { ...answer, handle });
      }
      await assertReads(handler, stored, KINDS);
      await target.evict?.();
      await assertReads(handler, stored, KINDS);
      if (target.crashMachine !== undefined) await assertReads(await target.crashMachine(), stored, KINDS);
    },
  },
  {
    number: 'HANDLER-17.2',
    title: 'a block whose registration failed is absent and may be stored again under its id',
    look: 'a copy in memory of a block that the driver refused',
    run: async ({ target }) => {
      hook(target, 'writeToDriverLog');
      const { handler } = target;
      const block = recordsBlock([1, 2]);
      let isAsked = false;
      const register = async (): Promise<void> => {
        isAsked = true;
        throw new Error('the driver cannot be reached');
      };
      const error = await rejectionOf(handler.storeBlock('input-0-a-0', block, { register }));
      applies(isAsked, 'the handler stores blocks of this size itself');
      assert.equal((error as Error | undefined)?.message, 'the driver cannot be reached');
      const lost: StoredBlock = {
        blockId: 'input-0-a-0',
        recordCount: 2,
        sizeBytes: 2,
        durability: 'memory',
      };
      assert.equal(await handler.readBlock(lost), undefined, 'the block is present');
      const stored = await handler.storeBlock('input-0-a-0', block);
      await assertReads(handler, [stored], [block]);
    },
  },
  {
    number: 'HANDLER-19.1',
    title: 'logGauges returns the amounts of the log at once, before and after a block',
    look: 'a log that is not open yet, and amounts that are not finite',
    run: async ({ target: { handler } }) => {
      applies(handler.logGauges !== undefined, 'the handler has no logGauges');
      const before = handler.logGauges?.();
      if (before !== undefined) assertAmounts(before, 'logGauges');
      await handler.storeBlock('input-0-a-0', recordsBlock([1, 2]));
      const after = handler.logGauges?.();
      if (after === undefined) return;
      assertAmounts(after, 'logGauges');
      assert(after.sizeBytes > (before?.sizeBytes ?? 0), 'a stored block has added no bytes to the log');
    },
  },
  {
    number: 'HANDLER-21.1',
    title: 'stallMs is a length of time, or absent',
    look: 'a stall without an end, for which no queue has room',
    run: async ({ target: { handler } }) => {
      const { stallMs = 0 } = handler;
      assert(Number.isFinite(stallMs) && stallMs >= 0, `stallMs is ${String(stallMs)}`);
    },
  },
  {
    number: 'HANDLER-22.1',
    title: 'readFromMemory answers from memory alone',
    look: 'a read of the log where another executor may have the block in memory',
    run: async ({ target }) => {
      const { handler } = target;
      const readFromMemory = hook(handler, 'readFromMemory');
      const [block] = KINDS as readonly [Block];
      const stored = await handler.storeBlock('input-0-a-0', block);
      assert((await readFromMemory(stored)) !== undefined, 'a block that was just stored is not in memory');
      await hook(target, 'evict')();
      assert.equal(await readFromMemory(stored), undefined, 'a block that was dropped from memory came back');
      assert((await handler.readBlock(stored)) !== undefined, 'readBlock does not find the block');
    },
  },
];

/** An entry of the driver's log that registers a block, with its content. */
function registrationOf(id: string, content: Uint8Array): Uint8Array {
  return new MsgpackCodec().encodeRecords([REGISTRATION_VERSION, REGISTRATION_KIND, 0, [0, id], content]);
}

/** False for a rejection as well. */
async function answerOf(answer: Promise<boolean> | undefined): Promise<boolean | undefined> {
  return answer?.catch(() => false);
}

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
    assert.deepEqual(contentOf(block), contentOf(blocks[index]), `block ${one.blockId} has other content`);
  }
}

/** The content of a block, independent of its chunks. */
function contentOf(block: Block | undefined): unknown {
  if (block === undefined) return undefined;
  const { kind, recordCount } = block;
  if (kind === 'encoded') return { kind, recordCount, content: [...block.bytes] };
  if (kind === 'text') return { kind, recordCount, content: Buffer.concat(block.chunks).toString() };
  const content = block.chunks.flatMap(({ records, length }) => records.slice(0, length));
  return { kind, recordCount, content };
}
