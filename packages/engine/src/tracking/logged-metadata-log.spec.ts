import { MsgpackCodec, type ReceivedBlockInfo } from '@millrace/core';
import { type BatchInput, contentOfRegistration } from '@millrace/core/engine';
import { MemoryWriteAheadLogFactory, RecordingLogger } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { receivedBlock, sequencesIn } from '../../test/received-blocks.ts';
import { LoggedMetadataLog } from './logged-metadata-log.ts';
import type { MetadataEvent } from './metadata-log.ts';
import { ReceivedBlockTracker } from './received-block-tracker.ts';

const LOG = 'log';

async function openLog(factory: MemoryWriteAheadLogFactory): Promise<LoggedMetadataLog> {
  return new LoggedMetadataLog(await factory.open(LOG), new MsgpackCodec());
}

/** A tracker over the log, after replaying the log. The first tracker begins the attempt of all blocks here. */
async function trackerOver(factory: MemoryWriteAheadLogFactory, streamIds: readonly number[] = [0]) {
  const metadataLog = await openLog(factory);
  const tracker = new ReceivedBlockTracker({ streamIds, log: new RecordingLogger(), metadataLog });
  let isFirst = true;
  await metadataLog.replay((event) => {
    isFirst = false;
    tracker.replay(event);
  });
  if (isFirst) for (const streamId of streamIds) tracker.beginAttempt(streamId, 'first');
  return tracker;
}

const durable = (sequence: number, over: Partial<ReceivedBlockInfo> = {}) =>
  receivedBlock(sequence, { durability: 'process', ...over });

describe('LoggedMetadataLog', () => {
  it('replays every kind of event as written', async () => {
    const factory = new MemoryWriteAheadLogFactory();
    const handle = { segment: 's', offset: 1, length: 2 };
    const block = durable(1, { handle, metadata: { position: [1, 'a'] } });
    const ranged = durable(3, { metadata: { position: 9 }, range: { from: { record: 5 }, to: 9 } });
    const first = durable(4, { metadata: { position: 0 }, range: { to: 0 } });
    const more = [durable(5, { handle, continues: true }), durable(6, { continues: true })];
    const rangedMore = durable(7, { ...ranged, blockId: 'more', continues: true });
    const blocks = [block, durable(2), ranged, first, ...more, rangedMore];
    const input = { batchTime: 2_000, blocks: new Map([[0, blocks]]) };
    const events: MetadataEvent[] = [
      { kind: 'driver-start', timeMs: 0, epoch: 3, application: 'a', batchIntervalMs: 1, zeroTime: 4 },
      { kind: 'block-addition', timeMs: 1_000, block },
      { kind: 'batch-allocation', timeMs: 2_000, input, inputs: new Map([[1, [['a']]]]) },
      { kind: 'batches-skipped', timeMs: 9_000, from: 3_000 },
      { kind: 'batch-cleanup', timeMs: 1, batchTimes: [0], doneUpTo: 5, positions: new Map([[0, 7]]) },
    ];
    const log = await openLog(factory);
    for (const event of events) await log.append(event);
    await log.close();
    const replayed: MetadataEvent[] = [];
    await (await openLog(factory)).replay((event) => replayed.push(event));
    expect(replayed).toEqual(events);
  });

  it('writes the content of a block inside its registration, and replays its place', async () => {
    const factory = new MemoryWriteAheadLogFactory();
    const codec = new MsgpackCodec();
    const log = await openLog(factory);
    const content = new Uint8Array([1, 2, 3]);
    const leftOut = [['a record']];
    const blocks = [durable(1), durable(2, { continues: true }), durable(3, { leftOut })];
    const handles: unknown[] = [];
    for (const block of blocks)
      handles.push(await log.append({ kind: 'block-addition', timeMs: 1_000, block, content }));
    const inline = blocks.map((block, index) => ({ ...block, handle: handles[index], isInline: true }));
    const input = { batchTime: 2_000, blocks: new Map([[0, inline]]) } as unknown as BatchInput;
    await log.append({ kind: 'batch-allocation', timeMs: 2_000, input, inputs: new Map() });
    await log.close();
    const replayed: MetadataEvent[] = [];
    await (await openLog(factory)).replay((event) => replayed.push(event));
    expect(replayed).toEqual([
      ...inline.map((block) => ({ kind: 'block-addition', timeMs: 1_000, block })),
      { kind: 'batch-allocation', timeMs: 2_000, input, inputs: new Map() },
    ]);
    const contents = factory.entries(LOG).map(({ payload }) => contentOfRegistration(codec, payload));
    expect(contents).toEqual([...blocks.map(({ blockId }) => ({ blockId, content })), undefined]);
  });

  it('offers the entry that names the driver, and its successor after a clean-up', async () => {
    const factory = new MemoryWriteAheadLogFactory();
    const log = await openLog(factory);
    expect(log.anEntry).toBeUndefined();
    const start = { epoch: 3, application: 'a', batchIntervalMs: 1, zeroTime: 4 };
    await log.append({ kind: 'driver-start', timeMs: 0, ...start });
    expect(log.anEntry?.handle.offset).toBe(0);
    await log.append({ kind: 'block-addition', timeMs: 0, block: durable(1) });
    await log.clean(5_000);
    expect(log.anEntry?.handle.offset).toBe(2);
    expect(factory.entries(LOG).at(-1)?.payload).toEqual(log.anEntry?.payload);
  });

  it.each([
    ['another version', [99, 'a', 0, []]],
    ['another kind', [1, 'z', 0, []]],
    ['nothing', []],
  ])('refuses an entry of %s', async (_, fields) => {
    const factory = new MemoryWriteAheadLogFactory();
    await (await factory.open(LOG)).write(new MsgpackCodec().encodeRecords(fields), 0);
    factory.crash();
    const log = await openLog(factory);
    await expect(log.replay(() => {})).rejects.toMatchObject({ code: 'MR_TRACKING_LOG_UNREADABLE' });
  });

  it('refuses an entry that is not an event', async () => {
    const factory = new MemoryWriteAheadLogFactory();
    await (await factory.open(LOG)).write(Uint8Array.of(0xff, 1, 2), 0);
    factory.crash();
    const log = await openLog(factory);
    await expect(log.replay(() => {})).rejects.toMatchObject({ code: 'MR_TRACKING_LOG_UNREADABLE' });
  });

  it('keeps the entry about the driver when the log is cleaned', async () => {
    const factory = new MemoryWriteAheadLogFactory();
    const log = await openLog(factory);
    const start = { epoch: 3, application: 'a', batchIntervalMs: 1, zeroTime: 4 };
    await log.append({ kind: 'driver-start', timeMs: 0, ...start });
    await log.append({ kind: 'block-addition', timeMs: 0, block: durable(1) });
    await log.clean(5_000);
    factory.crash();
    const replayed: MetadataEvent[] = [];
    await (await openLog(factory)).replay((event) => replayed.push(event));
    expect(replayed).toEqual([{ kind: 'driver-start', timeMs: 5_000, ...start }]);
  });
});

describe('ReceivedBlockTracker after recovery', () => {
  it('has the same batches with the same blocks, and the other blocks wait in order (BAT-1, BAT-4)', async () => {
    const factory = new MemoryWriteAheadLogFactory();
    const tracker = await trackerOver(factory);
    for (const n of [1, 2]) await tracker.addBlock(durable(n));
    await tracker.allocateBlocksToBatch(1_000, new Map([[7, ['file']]]));
    for (const n of [3, 4]) await tracker.addBlock(durable(n));
    factory.crash();
    const next = await trackerOver(factory);
    expect(sequencesIn(next.blocksOfBatch(1_000))).toEqual([1, 2]);
    expect(next.inputsOfBatch(1_000)).toEqual(new Map([[7, ['file']]]));
    expect([next.lastAllocated, next.unallocatedRecordCount()]).toEqual([1_000, 20]);
    expect(sequencesIn(await next.allocateBlocksToBatch(1_000))).toEqual([1, 2]);
    expect(sequencesIn(await next.allocateBlocksToBatch(2_000))).toEqual([3, 4]);
  });

  it('recognises a block that is added again, waiting or allocated', async () => {
    const factory = new MemoryWriteAheadLogFactory();
    const tracker = await trackerOver(factory);
    await tracker.addBlock(durable(1));
    await tracker.allocateBlocksToBatch(1_000);
    await tracker.addBlock(durable(2));
    factory.crash();
    const next = await trackerOver(factory);
    expect([await next.addBlock(durable(1)), await next.addBlock(durable(2))]).toEqual(['known', 'known']);
    expect(sequencesIn(await next.allocateBlocksToBatch(2_000))).toEqual([2]);
  });

  it('recognises a block again when only its allocation is left in the log (BLK-1)', async () => {
    const factory = new MemoryWriteAheadLogFactory();
    const tracker = await trackerOver(factory);
    await tracker.allocateBlocksToBatch(500);
    await tracker.addBlock(durable(1));
    for (const batchTime of [1_000, 2_000]) await tracker.allocateBlocksToBatch(batchTime);
    expect(await tracker.cleanupOldBatches(1_000, 1_000)).toBe(true);
    const kinds: string[] = [];
    factory.crash();
    await (await openLog(factory)).replay(({ kind }) => void kinds.push(kind));
    expect(kinds).not.toContain('block-addition');
    factory.crash();
    const next = await trackerOver(factory);
    expect([await next.addBlock(durable(1)), next.hasUnallocatedBlocks()]).toEqual(['known', false]);
    expect(sequencesIn(await next.allocateBlocksToBatch(3_000))).toEqual([]);
  });

  it.each([
    ['an addition without its block', [1, 'a', 0, null]],
    ['an addition whose block is a text', [1, 'a', 0, 'block']],
    ['an allocation without blocks', [1, 'b', 0, null, []]],
    ['an allocation without inputs', [1, 'b', 0, []]],
    ['an allocation whose streams are numbers', [1, 'b', 0, [7], []]],
    ['an allocation whose blocks are texts', [1, 'b', 0, [[0, ['x']]], []]],
    ['an allocation whose inputs are numbers', [1, 'b', 0, [], [7]]],
    ['a clean-up without positions', [1, 'c', 0, [], 5]],
    ['a clean-up whose positions are numbers', [1, 'c', 0, [], 5, [7]]],
    ['a clean-up that is not up to a batch', [1, 'c', 0, [], 'soon', []]],
    ['a start without an epoch', [1, 'd', 0]],
    ['a start of a broken epoch', [1, 'd', 0, Number.NaN, 'a', 1, 4]],
    ['a start without an application', [1, 'd', 0, 3, 5, 1, 4]],
    ['no time', [1, 'd', 'now', 3, 'a', 1, 4]],
  ])('refuses a record damaged by hand: %s', async (_, fields) => {
    const factory = new MemoryWriteAheadLogFactory();
    await (await factory.open(LOG)).write(new MsgpackCodec().encodeRecords(fields), 0);
    factory.crash();
    const log = await openLog(factory);
    await expect(log.replay(() => {})).rejects.toMatchObject({ code: 'MR_TRACKING_LOG_UNREADABLE' });
  });

  it.each([
    ['cut short', (bytes: Uint8Array) => bytes.slice(0, -1)],
    ['longer', (bytes: Uint8Array) => Uint8Array.of(...bytes, 1)],
  ])('refuses a record whose bytes are %s', async (_, damage) => {
    const factory = new MemoryWriteAheadLogFactory();
    const fields = [1, 'd', 0, 3, 'application', 1, 4];
    await (await factory.open(LOG)).write(damage(new MsgpackCodec().encodeRecords(fields)), 0);
    factory.crash();
    const log = await openLog(factory);
    await expect(log.replay(() => {})).rejects.toMatchObject({ code: 'MR_TRACKING_LOG_UNREADABLE' });
  });

  it('ignores an addition and an allocation that were not acknowledged', async () => {
    const factory = new MemoryWriteAheadLogFactory();
    const tracker = await trackerOver(factory);
    await tracker.addBlock(durable(1));
    factory.beforeWrite = () => Promise.reject(new Error('the disk is full'));
    expect(await tracker.addBlock(durable(2))).toBe('refused');
    await expect(tracker.allocateBlocksToBatch(1_000)).rejects.toMatchObject({
      code: 'MR_TRACKING_ALLOCATION_REFUSED',
    });
    factory.beforeWrite = undefined;
    factory.crash();
    const next = await trackerOver(factory);
    expect(sequencesIn(await next.allocateBlocksToBatch(1_000))).toEqual([1]);
  });

  it('gives up blocks that only the memory of the dead process had, and counts their records', async () => {
    const factory = new MemoryWriteAheadLogFactory();
    const tracker = await trackerOver(factory);
    for (const [n, batchTime] of [
      [1, 1_000],
      [2, 2_000],
    ] as const) {
      await tracker.addBlock(receivedBlock(n));
      await tracker.allocateBlocksToBatch(batchTime);
    }
    await tracker.addBlock(receivedBlock(3));
    await tracker.addBlock(durable(4));
    factory.crash();
    const next = await trackerOver(factory);
    expect(next.dropLostBlocks(1_000)).toEqual({ blocks: 2, records: 20 });
    expect(sequencesIn(next.blocksOfBatch(1_000))).toEqual([1]);
    expect(sequencesIn(next.blocksOfBatch(2_000))).toEqual([]);
    expect(next.unallocatedRecordCount()).toBe(10);
  });

  it('knows the position of the last block of a stream, also when its batch is long forgotten', async () => {
    const factory = new MemoryWriteAheadLogFactory();
    const tracker = await trackerOver(factory);
    expect(await tracker.lastPosition(0)).toBeUndefined();
    await tracker.addBlock(durable(1, { metadata: { position: 41 } }));
    await tracker.addBlock(durable(2, { metadata: { position: 42 } }));
    await tracker.allocateBlocksToBatch(1_000);
    await tracker.allocateBlocksToBatch(2_000);
    await tracker.cleanupOldBatches(2_000, 2_000);
    expect(await tracker.lastPosition(0)).toBe(42);
    factory.crash();
    const next = await trackerOver(factory);
    expect([next.knownBatches(), await next.lastPosition(0)]).toEqual([[2_000], 42]);
  });

  it('refuses for good block metadata of a receiver that is not plain data', async () => {
    const tracker = await trackerOver(new MemoryWriteAheadLogFactory());
    const added = tracker.addBlock(durable(1, { metadata: { position: () => 'a function' } }));
    await expect(added).rejects.toMatchObject({
      code: 'MR_TRACKING_METADATA_UNSUPPORTED',
      disposition: 'stop-engine',
    });
    expect(tracker.hasUnallocatedBlocks()).toBe(false);
  });

  it('leaves out the blocks of a stream that the program has no more', async () => {
    const factory = new MemoryWriteAheadLogFactory();
    const tracker = await trackerOver(factory, [0, 1]);
    await tracker.addBlock(durable(1, { streamId: 1 }));
    await tracker.allocateBlocksToBatch(1_000);
    factory.crash();
    const next = await trackerOver(factory, [0]);
    expect(next.hasUnallocatedBlocks()).toBe(false);
  });
});
