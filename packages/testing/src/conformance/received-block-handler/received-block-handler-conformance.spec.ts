import { deserialize, serialize } from 'node:v8';
import {
  type Block,
  type LogHandle,
  MsgpackCodec,
  type ReceivedBlockHandler,
  type StoredBlock,
} from '@millrace/core';
import { contentOfRegistration } from '@millrace/core/engine';
import { coreError } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { numbersOf, outcomeOf, problemsOf } from '../../../test/assert-kit.ts';
import { RECEIVED_BLOCK_HANDLER_KIT } from './received-block-handler-conformance.ts';
import type { ReceivedBlockHandlerSubject } from './received-block-handler-target.ts';

const BUGS = {
  'HANDLER-1.1': 'claims another durability',
  'HANDLER-1.2': 'answers at once',
  'HANDLER-1.3': 'keeps blocks in memory only',
  'HANDLER-1.4': 'never syncs',
  'HANDLER-2.1': 'keeps failed blocks',
  'HANDLER-4.1': 'answers without a handle',
  'HANDLER-5.1': 'forgets the kind',
  'HANDLER-5.2': 'does not look into the log',
  'HANDLER-5.3': 'throws for lost blocks',
  'HANDLER-6.1': 'cleans everything',
  'HANDLER-7.1': 'cleans by late messages',
  'HANDLER-8.1': 'removes the neighbours',
  'HANDLER-9.1': 'mixes up concurrent blocks',
  'HANDLER-13.1': 'says that memory is a log',
  'HANDLER-15.1': 'accepts unsupported records',
  'HANDLER-16.1': 'trusts every log',
  'HANDLER-17.1': 'takes the whole registration for the block',
  'HANDLER-17.2': 'keeps refused blocks',
  'HANDLER-19.1': 'has amounts that are not finite',
  'HANDLER-21.1': 'stalls for ever',
  'HANDLER-22.1': 'reads the log for memory',
} as const;
type Bug = (typeof BUGS)[keyof typeof BUGS];

/** A handler whose logs are lists: one with its blocks, one with bytes like the driver's. */
function subjectWith(bug?: Bug): ReceivedBlockHandlerSubject {
  const create = () => {
    const memory = new Map<string, Block>();
    let log: (Block | undefined)[] = [];
    let gate: Promise<void> | undefined;
    let isFailing = false;
    let latest = 0;
    let underWay: Block | undefined;
    const driverLog: Uint8Array[] = [];
    const inline = async (
      blockId: string,
      block: Block,
      register: (content: Uint8Array) => Promise<void>,
    ) => {
      memory.set(blockId, block);
      await register(serialize(block)).catch((error: unknown) => {
        if (bug !== 'keeps refused blocks') memory.delete(blockId);
        throw error;
      });
      const { recordCount, sizeBytes } = block;
      return { blockId, recordCount, sizeBytes, durability: 'machine', isInline: true } as const;
    };
    const inlineAt = ({ offset }: LogHandle): Block => {
      const payload = driverLog[offset] ?? new Uint8Array();
      const content = contentOfRegistration(new MsgpackCodec(), payload)?.content;
      if (bug !== 'takes the whole registration for the block')
        return deserialize(content ?? payload) as Block;
      return { kind: 'encoded', bytes: payload, recordCount: 1, sizeBytes: 1 };
    };
    const handler: ReceivedBlockHandler = {
      refusesUnsupported: true,
      stallMs: bug === 'stalls for ever' ? Infinity : 10_000,
      durability: bug === 'claims another durability' ? 'process' : 'machine',
      storeBlock: async (blockId, block, options) => {
        if (block.kind === 'records' && bug !== 'accepts unsupported records')
          new MsgpackCodec().encodeRecords(block.chunks.flatMap(({ records }) => records));
        underWay = block;
        if (bug === 'keeps failed blocks') memory.set(blockId, block);
        if (bug !== 'answers at once') await gate;
        if (isFailing) {
          isFailing = false;
          throw coreError('MR_STORAGE_FAILED', 'the medium failed');
        }
        await Promise.resolve();
        if (options?.register !== undefined) return inline(blockId, block, options.register);
        if (bug === 'mixes up concurrent blocks') block = underWay ?? block;
        memory.set(blockId, block);
        if (bug === 'says that memory is a log' && options?.canBeReadAgain === true) {
          const { recordCount, sizeBytes } = block;
          return { blockId, recordCount, sizeBytes, durability: 'machine' };
        }
        const offset =
          log.push(bug === 'forgets the kind' ? ({ ...block, kind: 'encoded' } as Block) : block) - 1;
        const { recordCount, sizeBytes } = block;
        const stored: StoredBlock = { blockId, recordCount, sizeBytes, durability: 'machine' };
        return bug === 'answers without a handle'
          ? stored
          : { ...stored, handle: { segment: 'log', offset, length: 1 } };
      },
      readsLog: async ({ handle, payload }) =>
        bug === 'trusts every log' ||
        Buffer.compare(driverLog[handle.offset] ?? Buffer.alloc(0), payload) === 0,
      readFromMemory: (stored) =>
        bug === 'reads the log for memory'
          ? handler.readBlock(stored)
          : Promise.resolve(memory.get(stored.blockId)),
      readBlock: async ({ blockId, handle, isInline }) => {
        const cached = memory.get(blockId);
        if (cached !== undefined) return cached;
        if (bug === 'throws for lost blocks') throw coreError('MR_BLOCK_LOST', blockId);
        if (bug === 'does not look into the log') return undefined;
        if (isInline === true && handle !== undefined) return inlineAt(handle);
        return handle === undefined ? undefined : log[handle.offset];
      },
      cleanupOldBlocks: async (threshold) => {
        const isLate = threshold < latest;
        latest = Math.max(latest, threshold);
        if (bug === 'cleans everything' || (bug === 'cleans by late messages' && isLate)) {
          log = [];
          memory.clear();
        }
      },
      logGauges: () => ({
        sizeBytes: bug === 'has amounts that are not finite' ? Infinity : log.length,
        segments: 1,
        syncs: log.length,
        errors: 0,
      }),
      removeBlocks: async (ids) => {
        for (const id of ids) memory.delete(id);
        if (bug !== 'removes the neighbours') return;
        log = [];
        memory.clear();
      },
    };
    const crash = async () => {
      memory.clear();
      if (bug === 'keeps blocks in memory only') log = [];
      return handler;
    };
    return {
      handler,
      crashProcess: crash,
      crashMachine: () => {
        if (bug === 'never syncs') log = [];
        return crash();
      },
      evict: () => memory.clear(),
      failNext: () => void (isFailing = true),
      writeToDriverLog: async (payload: Uint8Array) => {
        const offset = driverLog.push(payload) - 1;
        return { payload, handle: { segment: 'driver', offset, length: payload.byteLength } };
      },
      hold: () => {
        const { promise, resolve } = Promise.withResolvers<void>();
        gate = promise;
        return resolve;
      },
    };
  };
  return { capabilities: { durability: 'machine' }, create };
}

describe('the kit of received-block handlers', () => {
  it('passes a correct handler', async () => {
    expect(await problemsOf(RECEIVED_BLOCK_HANDLER_KIT, subjectWith())).toEqual([]);
  });

  it('has a broken handler for every check', () => {
    expect(Object.keys(BUGS).toSorted()).toEqual(numbersOf(RECEIVED_BLOCK_HANDLER_KIT));
  });

  it.each(Object.entries(BUGS))('%s fails a handler that %s', async (number, bug) => {
    expect(await outcomeOf(RECEIVED_BLOCK_HANDLER_KIT, number, subjectWith(bug))).toBe(`failed ${number}`);
  });
});
