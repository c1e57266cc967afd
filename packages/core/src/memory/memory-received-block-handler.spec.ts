import { describe, expect, it } from 'vitest';
import type { Block } from '../contracts/block.ts';
import { MemoryBlockStore } from './memory-block-store.ts';
import { MemoryReceivedBlockHandler } from './memory-received-block-handler.ts';

const block: Block = {
  kind: 'records',
  chunks: [{ records: ['a', 'b'], length: 2 }],
  recordCount: 2,
  sizeBytes: 40,
};

describe('MemoryReceivedBlockHandler', () => {
  it('stores a block and reports that the block is durable in memory only (REC-1)', async () => {
    const handler = new MemoryReceivedBlockHandler(new MemoryBlockStore());
    const stored = await handler.storeBlock('input-0-a-1', block);
    expect(stored).toEqual({ blockId: 'input-0-a-1', recordCount: 2, sizeBytes: 40, durability: 'memory' });
    expect(await handler.readBlock(stored)).toBe(block);
  });

  it('never drops a block to make room', async () => {
    const handler = new MemoryReceivedBlockHandler(new MemoryBlockStore({ maxBytes: 50 }));
    const stored = await handler.storeBlock('input-0-a-1', block);
    await expect(handler.storeBlock('input-0-a-2', block)).rejects.toThrow('no room');
    expect(await handler.readBlock(stored)).toBe(block);
  });

  it('accepts a block again whose first storing was refused', async () => {
    const handler = new MemoryReceivedBlockHandler(new MemoryBlockStore({ maxBytes: 50 }));
    await handler.storeBlock('input-0-a-1', block);
    await handler.storeBlock('input-0-a-2', block).catch(() => 'refused, as it should be');
    await handler.removeBlocks(['input-0-a-1']);
    expect(await handler.storeBlock('input-0-a-2', block)).toMatchObject({ blockId: 'input-0-a-2' });
  });

  it('returns undefined for a missing block', async () => {
    const handler = new MemoryReceivedBlockHandler(new MemoryBlockStore());
    const stored = await handler.storeBlock('input-0-a-1', block);
    await handler.cleanupOldBlocks(1_000);
    expect(await handler.readBlock(stored)).toBe(block);
    await handler.removeBlocks([stored.blockId]);
    expect(await handler.readBlock(stored)).toBeUndefined();
  });
});
