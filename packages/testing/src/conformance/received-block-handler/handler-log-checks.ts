// Checks of a handler with a log: handles, registrations, amounts, and the memory beside the log.
import assert from 'node:assert/strict';
import { type Block, isMillraceError, type LogHandle, MsgpackCodec, type StoredBlock } from '@millrace/core';
import { REGISTRATION_KIND, REGISTRATION_VERSION } from '@millrace/core/engine';
import { recordsBlock } from '../../builders.ts';
import { assertLogGauges } from '../kit/amounts.ts';
import type { ConformanceCheck } from '../kit/conformance-check.ts';
import { applies, hook } from '../kit/not-applicable.ts';
import { rejectionOf, told } from '../kit/rejection-of.ts';
import { assertReads, type HandlerTrial, KINDS } from './handler-trial.ts';

/** Checks of a handler with a log. */
export const HANDLER_LOG_CHECKS: readonly ConformanceCheck<HandlerTrial>[] = [
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
      if (before !== undefined) assertLogGauges(before, 'logGauges');
      await handler.storeBlock('input-0-a-0', recordsBlock([1, 2]));
      const after = handler.logGauges?.();
      if (after === undefined) return;
      assertLogGauges(after, 'logGauges');
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
