import {
  type Block,
  MemoryBlockStore,
  MsgpackCodec,
  NoopLogger,
  type ReceivedBlockHandler,
  type ReceivedBlockInfo,
} from '@millrace/core';
import { coreError } from '@millrace/core';
import { type ExecutorPeers, type FetchBlockReply, MemoryReceivedBlockHandler } from '@millrace/core/engine';
import { describe, expect, it } from 'vitest';
import { PeerBlocks } from './peer-blocks.ts';

const codec = new MsgpackCodec();
const counts = { recordCount: 2, sizeBytes: 20 };
const info: ReceivedBlockInfo = {
  blockId: 'b',
  streamId: 0,
  executorId: 'other',
  durability: 'memory',
  ...counts,
};
const records: Block = { kind: 'records', chunks: [{ records: [1, 2, 'unused'], length: 2 }], ...counts };

function blocks(executorId: string, ask: () => Promise<unknown> = async () => ({})) {
  const handler = new MemoryReceivedBlockHandler(new MemoryBlockStore());
  const peers = { ask } as unknown as ExecutorPeers;
  const parts = { executorId, handler, peers, codec, log: new NoopLogger(), epoch: () => 1 };
  return { handler, blocks: new PeerBlocks(parts) };
}

describe('PeerBlocks', () => {
  it('fetches a block from the executor that has it, with records as bytes', async () => {
    const other = blocks('other');
    await other.handler.storeBlock('b', records);
    const here = blocks('here', () => other.blocks.fetchBlock({ epoch: 1, block: info }));
    const block = await here.blocks.read(info);
    expect(block).toMatchObject({ kind: 'encoded', ...counts });
    expect(block?.kind === 'encoded' && codec.decodeRecords(block.bytes)).toEqual([1, 2]);
    // The block on the other executor is unchanged.
    expect(await other.blocks.read(info)).toBe(records);
  });

  it('reports a lost block when its executor is gone or does not have the block', async () => {
    const gone = blocks('here', async () => {
      throw coreError('MR_EXECUTOR_UNREACHABLE', 'gone');
    });
    expect(await gone.blocks.read(info)).toBeUndefined();
    const without = blocks('here');
    expect(await without.blocks.read(info)).toBeUndefined();
    expect(await blocks('other').blocks.read(info)).toBeUndefined();
  });
});

describe('PeerBlocks over a log that is far away', () => {
  /** The places of a block, and the order in which they were asked. */
  function places(
    has: { readonly memory?: boolean; readonly log?: boolean },
    answer: () => Promise<FetchBlockReply>,
  ) {
    const asked: string[] = [];
    const from = (place: string, there: boolean | undefined) => async () => {
      asked.push(place);
      return there === true ? records : undefined;
    };
    const handler: ReceivedBlockHandler = {
      durability: 'machine',
      storeBlock: () => Promise.reject(new Error('not used')),
      readFromMemory: from('memory', has.memory),
      readBlock: from('log', has.log),
      cleanupOldBlocks: async () => undefined,
      removeBlocks: async () => undefined,
    };
    const peers = {
      ask: async () => {
        asked.push('holder');
        return answer();
      },
    } as unknown as ExecutorPeers;
    const parts = { handler, peers, codec, log: new NoopLogger(), epoch: () => 1 };
    return { asked, blocks: (executorId: string) => new PeerBlocks({ ...parts, executorId }) };
  }

  const held: FetchBlockReply = { block: { kind: 'encoded', bytes: codec.encodeRecords([1, 2]), ...counts } };

  it('asks the nearest place first: own memory, the holder, the log', async () => {
    const near = places({ memory: true }, async () => held);
    expect(await near.blocks('here').read(info)).toBe(records);
    expect(near.asked).toEqual(['memory']);
    const there = places({ log: true }, async () => held);
    expect(await there.blocks('here').read(info)).toBe(held.block);
    expect(there.asked).toEqual(['memory', 'holder']);
    const nowhereElse = places({ log: true }, async () => ({}));
    expect(await nowhereElse.blocks('here').read(info)).toBe(records);
    expect(nowhereElse.asked).toEqual(['memory', 'holder', 'log']);
  });

  it('does not ask itself', async () => {
    const evicted = places({ log: true }, async () => held);
    expect(await evicted.blocks('other').read(info)).toBe(records);
    expect(evicted.asked).toEqual(['memory', 'log']);
  });

  it.each([
    ['is gone', coreError('MR_EXECUTOR_UNREACHABLE', 'gone')],
    ['fails', new Error('a bug')],
  ])('reads the log when the holder %s', async (_what, failure) => {
    const failing = places({ log: true }, () => Promise.reject(failure));
    expect(await failing.blocks('here').read(info)).toBe(records);
  });

  it('serves other executors from memory only: they read the log themselves', async () => {
    const evicted = places({ log: true }, async () => held);
    expect(await evicted.blocks('other').fetchBlock({ epoch: 1, block: info })).toEqual({});
    expect(evicted.asked).toEqual(['memory']);
  });
});
