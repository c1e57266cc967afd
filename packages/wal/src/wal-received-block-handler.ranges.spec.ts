import { type Block, ManualClock, MemoryBlockStore, MsgpackCodec } from '@millrace/core';
import { MemoryStorage, RecordingLogger } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { openLog } from '../test/open-log.ts';
import { WalReceivedBlockHandler } from './wal-received-block-handler.ts';

const block: Block = {
  kind: 'records',
  chunks: [{ records: ['a', 'b'], length: 2 }],
  recordCount: 2,
  sizeBytes: 40,
};
const again = { canBeReadAgain: true };

async function openHandler(maxBytes = 100) {
  const storage = new MemoryStorage();
  const handler = new WalReceivedBlockHandler({
    openLog: () => openLog(storage, { isSparse: true }),
    blockStore: new MemoryBlockStore({ maxBytes }),
    codec: new MsgpackCodec(),
    clock: new ManualClock(),
    log: new RecordingLogger(),
    isSynced: true,
    registrationGraceMs: 0,
  });
  await handler.open();
  return {
    handler,
    logBytes: async () => (await storage.list('/wal/log')).map(({ sizeBytes }) => sizeBytes),
  };
}

describe('WalReceivedBlockHandler and blocks that can be read again', () => {
  it('keeps the blocks in memory and writes nothing', async () => {
    const { handler, logBytes } = await openHandler();
    const before = await logBytes();
    const stored = await handler.storeBlock('input-0-a-0', block, again);
    expect(stored).toEqual({ blockId: 'input-0-a-0', recordCount: 2, sizeBytes: 40, durability: 'memory' });
    expect(await handler.readBlock(stored)).toBe(block);
    expect(await logBytes()).toEqual(before);
    await handler.close();
  });

  it('evicts copies of logged blocks to make room, and no replayable block', async () => {
    const { handler } = await openHandler();
    const logged = await handler.storeBlock('input-0-a-0', block);
    const first = await handler.storeBlock('input-0-a-1', block, again);
    const second = await handler.storeBlock('input-0-a-2', block, again);
    await handler.storeBlock('input-0-a-3', block);
    expect(await handler.readBlock(first)).toBe(block);
    expect(await handler.readBlock(second)).toBe(block);
    expect(await handler.readBlock(logged)).toEqual(block);
    await handler.close();
  });

  it('writes the blocks to the log when there is no room', async () => {
    const { handler } = await openHandler(10);
    const stored = await handler.storeBlock('input-0-a-0', block, again);
    expect(stored).toMatchObject({ durability: 'machine', handle: {} });
    expect(await handler.readBlock(stored)).toEqual(block);
    await handler.close();
  });

  it('removes the blocks by name, and refuses a repeated id', async () => {
    const { handler } = await openHandler();
    const stored = await handler.storeBlock('input-0-a-0', block, again);
    await expect(handler.storeBlock('input-0-a-0', block, again)).rejects.toMatchObject({
      code: 'MR_BLOCK_DUPLICATE',
    });
    await handler.removeBlocks(['input-0-a-0']);
    expect(await handler.readBlock(stored)).toBeUndefined();
    await handler.close();
  });
});
