import {
  type Block,
  type BlockStore,
  type LogHandle,
  ManualClock,
  MemoryBlockStore,
  MsgpackCodec,
  SeededRandom,
  type StoredBlock,
} from '@millrace/core';
import { FaultyStorage, MemoryStorage, RecordingLogger, textBlock } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { codeOf, openLog } from '../test/open-log.ts';
import { WatchedStorage } from '../test/watched-storage.ts';
import { WalReceivedBlockHandler, type WalReceivedBlockHandlerDeps } from './wal-received-block-handler.ts';

const GRACE_MS = 10_000;

/** Every block gets a segment of its own. */
const OWN_SEGMENTS = { closeFileAfterWrite: true };

/** A handler over a log in memory, opened. */
async function world(
  differences: Partial<WalReceivedBlockHandlerDeps> & {
    readonly storage?: MemoryStorage | FaultyStorage;
    readonly logOptions?: Parameters<typeof openLog>[1] extends { readonly options?: infer O } | undefined
      ? O
      : never;
  } = {},
) {
  const { storage = new MemoryStorage(), logOptions = OWN_SEGMENTS, ...setup } = differences;
  const clock = new ManualClock();
  const log = new RecordingLogger();
  const blockStore: BlockStore = new MemoryBlockStore();
  const handler = new WalReceivedBlockHandler({
    openLog: () => openLog(storage, { clock, isSparse: true, options: { ...logOptions } }),
    blockStore,
    codec: new MsgpackCodec(),
    clock,
    log,
    isSynced: true,
    registrationGraceMs: GRACE_MS,
    ...setup,
  });
  await handler.open();
  const store = (id: string, text = `${id}\n`) => handler.storeBlock(id, textBlock(text));
  return { storage, clock, log, handler, store, blockStore: setup.blockStore ?? blockStore };
}

async function textOf(handler: WalReceivedBlockHandler, stored: StoredBlock): Promise<string | undefined> {
  const block: Block | undefined = await handler.readBlock(stored);
  return block?.kind === 'text' ? Buffer.concat(block.chunks).toString() : undefined;
}

function segments(storage: MemoryStorage | FaultyStorage): Promise<number> {
  return storage
    .list('/wal/log')
    .then((entries) => entries.filter(({ name }) => name.endsWith('.wal')).length);
}

describe('WalReceivedBlockHandler: storing', () => {
  it('reports the place and the durability of the block', async () => {
    const { store } = await world();
    const handle: LogHandle = expect.objectContaining({
      segment: 'log/segment-000000000001.wal',
      offset: 64,
    });
    expect(await store('a')).toEqual({
      blockId: 'a',
      recordCount: 1,
      sizeBytes: 2,
      durability: 'machine',
      handle,
    });
    expect((await world({ isSynced: false })).handler.durability).toBe('process');
  });

  it('resolves only when the disk has synced the block (REC-1, WAL-1)', async () => {
    const storage = new WatchedStorage();
    const { store } = await world({ storage });
    await store('a');
    const release = storage.holdSyncs();
    let isStored = false;
    const storing = store('b').then(() => (isStored = true));
    for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
    expect(isStored).toBe(false);
    release();
    await storing;
  });

  it('refuses an id that is stored or being stored', async () => {
    const { store } = await world();
    const both = await Promise.all([codeOf(store('a')), codeOf(store('a'))]);
    expect(both).toEqual([undefined, 'MR_BLOCK_DUPLICATE']);
    expect(await codeOf(store('a'))).toBe('MR_BLOCK_DUPLICATE');
  });

  it('accepts the same id again after the disk refused the block', async () => {
    const storage = new WatchedStorage();
    const { store, handler } = await world({ storage });
    storage.fail('append', 'MR_STORAGE_FULL');
    expect(await codeOf(store('a'))).toBe('MR_WAL_FULL');
    storage.heal();
    expect(await textOf(handler, await store('a'))).toBe('a\n');
  });

  it('stores a block that has no room in memory', async () => {
    const { store, handler, blockStore } = await world({
      blockStore: new MemoryBlockStore({ maxBytes: 10 }),
    });
    const stored = await store('a', 'more than ten bytes\n');
    expect(blockStore.has('a')).toBe(false);
    expect(await textOf(handler, stored)).toBe('more than ten bytes\n');
  });

  it('is refused before opening and after closing', async () => {
    const { handler, store } = await world();
    await handler.close();
    expect(await codeOf(store('a'))).toBe('MR_WAL_CLOSED');
    const setup = {
      openLog: () => openLog(new MemoryStorage()),
      clock: new ManualClock(),
      log: new RecordingLogger(),
    };
    const parts = { blockStore: new MemoryBlockStore(), codec: new MsgpackCodec(), isSynced: true };
    const unopened = new WalReceivedBlockHandler({ ...setup, ...parts, registrationGraceMs: 0 });
    await expect(unopened.storeBlock('a', textBlock('a\n'))).rejects.toThrow(TypeError);
    await unopened.close();
  });
});

describe('WalReceivedBlockHandler: reading', () => {
  it('reads a block from the log after its eviction from memory', async () => {
    const { store, handler, blockStore } = await world({
      blockStore: new MemoryBlockStore({ maxBytes: 10 }),
    });
    const first = await store('first', 'eight..\n');
    await store('second', 'eight..\n');
    expect(blockStore.has('first')).toBe(false);
    expect(await textOf(handler, first)).toBe('eight..\n');
  });

  it('reads blocks of an earlier life, and of every kind', async () => {
    const before = await world();
    const chunks = [{ records: [{ n: 1 }, { n: 2 }], length: 2 }];
    const block: Block = { kind: 'records', chunks, recordCount: 2, sizeBytes: 20 };
    const stored = await before.handler.storeBlock('a', block);
    await before.handler.close();
    const { handler } = await world({ storage: before.storage });
    expect(await handler.readBlock(structuredClone(stored))).toEqual(block);
  });

  it('returns undefined for a block with a damaged entry, and logs the damage', async () => {
    const storage = new FaultyStorage({ random: new SeededRandom(1) });
    const { store, handler, log, blockStore } = await world({ storage });
    const stored = await store('a');
    await blockStore.remove(['a']);
    storage.flipBit('/wal/log/segment-000000000001.wal', 64 + 40);
    expect(await handler.readBlock(stored)).toBeUndefined();
    expect(log.lines.map(({ message }) => message)).toContain('a block cannot be read back from the log');
  });

  it('returns undefined for a block whose place contains another block', async () => {
    const { store, handler, blockStore } = await world();
    const [a, b] = [await store('a'), await store('b')];
    await blockStore.remove(['a', 'b']);
    const { handle } = b;
    expect(handle && (await handler.readBlock({ ...a, handle }))).toBeUndefined();
  });

  it('returns undefined for a block of another codec, and for one without a handle', async () => {
    const before = await world();
    const chunks = [{ records: [1], length: 1 }];
    const stored = await before.handler.storeBlock('a', {
      kind: 'records',
      chunks,
      recordCount: 1,
      sizeBytes: 1,
    });
    await before.handler.close();
    const codec = Object.assign(new MsgpackCodec(), { name: 'other' });
    const { handler } = await world({ storage: before.storage, codec });
    expect(await handler.readBlock(stored)).toBeUndefined();
    const { handle: _, ...withoutHandle } = stored;
    expect(await handler.readBlock(withoutHandle)).toBeUndefined();
  });

  it('rejects when the disk fails: a later attempt may find the block', async () => {
    const storage = new FaultyStorage({ random: new SeededRandom(1) });
    const { store, handler, blockStore } = await world({ storage });
    const stored = await store('a');
    await blockStore.remove(['a']);
    storage.faults = { read: 1 };
    expect(await codeOf(handler.readBlock(stored))).toBe('MR_STORAGE_FAILED');
    storage.faults = {};
    expect(await textOf(handler, stored)).toBe('a\n');
  });
});

describe('WalReceivedBlockHandler: clean-up', () => {
  it('removes a segment once no batch needs any of its blocks, and not before (WAL-4)', async () => {
    const { store, handler, storage } = await world({ logOptions: { segmentBytes: 4_096 } });
    for (const id of ['a', 'b']) await store(id, `${'x'.repeat(3_000)}\n`);
    await store('newest');
    await handler.removeBlocks(['a']);
    await handler.cleanupOldBlocks(1e12);
    expect(await segments(storage)).toBe(2);
    await handler.removeBlocks(['b', 'b', 'unknown']);
    await handler.cleanupOldBlocks(0);
    expect(await segments(storage)).toBe(1);
  });

  it('deletes nothing because of a clock, however wrong (WAL-4)', async () => {
    const { store, handler, clock, storage } = await world();
    const stored = await store('a');
    await store('newest');
    await clock.setTime(1e15);
    // A driver whose batches are far ahead of every clock here, and that reports no registered batch.
    await handler.cleanupOldBlocks(1e15);
    await handler.cleanupOldBlocks(1e15);
    expect(await segments(storage)).toBe(2);
    expect(await textOf(handler, stored)).toBe('a\n');
  });

  it('holds one segment for a block in use, not the segments behind it', async () => {
    const { store, handler, storage, blockStore } = await world();
    const held = await store('held');
    for (const id of ['b', 'c', 'd']) await store(id);
    await handler.removeBlocks(['b', 'c', 'd']);
    await handler.cleanupOldBlocks(1);
    await blockStore.remove(['held']);
    expect(await segments(storage)).toBe(2);
    expect(await textOf(handler, held)).toBe('held\n');
  });

  it('releases unnamed blocks after the grace, once a threshold has passed their batches', async () => {
    const { store, handler, clock, storage } = await world();
    await store('lost registration');
    await store('newest');
    await handler.cleanupOldBlocks(5_000, 6_000);
    await handler.cleanupOldBlocks(7_000, 7_000);
    expect(await segments(storage)).toBe(2);
    await clock.advance(GRACE_MS);
    await handler.cleanupOldBlocks(17_000, 18_000);
    await handler.cleanupOldBlocks(18_000, 19_000);
    expect(await segments(storage)).toBe(2);
    await handler.cleanupOldBlocks(18_001, 20_000);
    expect(await segments(storage)).toBe(1);
  });

  it('gives the blocks of an earlier life a grace of their own', async () => {
    const before = await world();
    const stored = await before.store('a');
    await before.store('b');
    await before.handler.close();
    const { handler, store, clock, storage } = await world({ storage: before.storage });
    await store('newest');
    await handler.removeBlocks(['a', 'b']);
    await handler.cleanupOldBlocks(1e9, 100);
    expect(await textOf(handler, stored)).toBe('a\n');
    await clock.advance(GRACE_MS);
    await handler.cleanupOldBlocks(100, 100);
    await handler.cleanupOldBlocks(101, 100);
    expect(await segments(storage)).toBe(1);
    expect(await handler.readBlock(stored)).toBeUndefined();
  });

  it('repeats a removal that the disk refused', async () => {
    const storage = new WatchedStorage();
    const { store, handler } = await world({ storage });
    await store('a');
    await store('newest');
    await handler.removeBlocks(['a']);
    storage.fail('remove');
    expect(await codeOf(handler.cleanupOldBlocks(1))).toBe('MR_STORAGE_FAILED');
    storage.heal();
    await handler.cleanupOldBlocks(1);
    expect(await segments(storage)).toBe(1);
  });

  it('accepts the id of a removed block again', async () => {
    const { store, handler } = await world();
    await store('a');
    await handler.removeBlocks(['a']);
    expect(await textOf(handler, await store('a', 'again\n'))).toBe('again\n');
  });
});
