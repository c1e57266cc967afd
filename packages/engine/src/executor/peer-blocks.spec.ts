import {
  type Block,
  MemoryBlockStore,
  MsgpackCodec,
  NoopLogger,
  type ReceivedBlockInfo,
} from '@millrace/core';
import { coreError } from '@millrace/core';
import { type ExecutorPeers, MemoryReceivedBlockHandler } from '@millrace/core/engine';
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
