import { coreError } from '@millrace/core';
import { RecordingLogger } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { receivedBlock, sequencesIn } from '../../test/received-blocks.ts';
import { ScriptedMetadataLog } from '../../test/scripted-metadata-log.ts';
import { ReceivedBlockTracker, type ReceivedBlockTrackerDeps } from './received-block-tracker.ts';

function setUp(setup: Partial<ReceivedBlockTrackerDeps> = {}) {
  const metadataLog = new ScriptedMetadataLog();
  const log = new RecordingLogger();
  const tracker = new ReceivedBlockTracker({ streamIds: [0, 1], log, metadataLog, ...setup });
  for (const streamId of [0, 1]) tracker.beginAttempt(streamId, 'first');
  return { tracker, metadataLog, log };
}

const code = (name: string) => expect.objectContaining({ code: name });

describe('ReceivedBlockTracker: additions', () => {
  it('queues a block after it is logged, not before', async () => {
    const { tracker, metadataLog } = setUp();
    metadataLog.hold();
    const added = tracker.addBlock(receivedBlock(0));
    expect(tracker.hasUnallocatedBlocks()).toBe(false);
    metadataLog.release();
    expect(await added).toBe('new');
    expect(tracker.unallocatedRecordCount()).toBe(10);
  });

  it('refuses a block that cannot be logged, and accepts the block later', async () => {
    const { tracker, metadataLog } = setUp();
    metadataLog.isBroken = true;
    expect(await tracker.addBlock(receivedBlock(0))).toBe('refused');
    expect(tracker.hasUnallocatedBlocks()).toBe(false);
    metadataLog.isBroken = false;
    expect(await tracker.addBlock(receivedBlock(0))).toBe('new');
  });

  it('reports a log that refuses for good, and refuses the block', async () => {
    const told: unknown[] = [];
    const { tracker, metadataLog } = setUp({ onFatal: (error) => void told.push(error) });
    const denied = coreError('MR_STORAGE_DENIED', 'the disk is read-only now');
    metadataLog.append = async () => Promise.reject(denied);
    expect(await tracker.addBlock(receivedBlock(0))).toBe('refused');
    expect(told).toEqual([denied]);
  });

  it.each([
    ['an allocation', (tracker: ReceivedBlockTracker) => tracker.allocateBlocksToBatch(1_000)],
    ['skipped batches', (tracker: ReceivedBlockTracker) => tracker.skipBatches(1_000, 2_000)],
  ])('passes the error of a log that refuses %s for good unchanged', async (_, decide) => {
    const { tracker, metadataLog } = setUp();
    const denied = coreError('MR_STORAGE_DENIED', 'the disk is read-only now');
    metadataLog.append = async () => Promise.reject(denied);
    await expect(decide(tracker)).rejects.toBe(denied);
  });

  it('answers a repeated block again without queuing it twice (BLK-1)', async () => {
    const { tracker, metadataLog } = setUp();
    await tracker.addBlock(receivedBlock(0));
    expect(await tracker.addBlock(receivedBlock(0))).toBe('known');
    expect(sequencesIn(await tracker.allocateBlocksToBatch(1_000))).toEqual([0]);
    expect(metadataLog.events.filter((event) => event.kind === 'block-addition')).toHaveLength(1);
  });

  it('is crowded from half of the permitted blocks on, until a batch takes the blocks', async () => {
    const { tracker } = setUp({ options: { maxUnallocatedBlocks: 4 } });
    const crowded: boolean[] = [];
    for (const sequence of [0, 1, 2]) {
      await tracker.addBlock(receivedBlock(sequence));
      crowded.push(tracker.isCrowded(0));
    }
    await tracker.allocateBlocksToBatch(1_000);
    expect([crowded, tracker.isCrowded(0)]).toEqual([[false, true, true], false]);
  });

  it('recognises a block whose batch is long cleaned up (BLK-1)', async () => {
    const { tracker } = setUp();
    await tracker.addBlock(receivedBlock(0));
    await tracker.allocateBlocksToBatch(1_000);
    await tracker.cleanupOldBatches(2_000);
    expect(await tracker.addBlock(receivedBlock(0))).toBe('known');
    expect(tracker.hasUnallocatedBlocks()).toBe(false);
  });

  it('gives one answer to a block repeated while it is written', async () => {
    const { tracker, metadataLog } = setUp();
    metadataLog.hold();
    const answers = [tracker.addBlock(receivedBlock(0)), tracker.addBlock(receivedBlock(0))];
    metadataLog.release();
    expect(await Promise.all(answers)).toEqual(['new', 'known']);
    expect(tracker.unallocatedRecordCount()).toBe(10);
  });

  it('keeps the order of registration per stream (BLK-1)', async () => {
    const { tracker } = setUp();
    await Promise.all([2, 0, 1].map((sequence) => tracker.addBlock(receivedBlock(sequence))));
    expect(sequencesIn(await tracker.allocateBlocksToBatch(1_000))).toEqual([2, 0, 1]);
  });

  it('lets streams wait for the log side by side', async () => {
    const { tracker, metadataLog } = setUp();
    metadataLog.hold();
    const first = tracker.addBlock(receivedBlock(0));
    const second = tracker.addBlock(receivedBlock(0, { streamId: 1 }));
    metadataLog.release();
    expect(await Promise.all([first, second])).toEqual(['new', 'new']);
  });

  it('refuses a block of a stream that the program does not have', async () => {
    const { tracker } = setUp();
    await expect(tracker.addBlock(receivedBlock(0, { streamId: 9 }))).rejects.toThrow(
      code('MR_TRACKING_UNKNOWN_STREAM'),
    );
  });

  it('refuses blocks beyond the bound until a batch takes some', async () => {
    const { tracker, log } = setUp({ options: { maxUnallocatedBlocks: 1 } });
    expect(await tracker.addBlock(receivedBlock(0))).toBe('new');
    expect(await tracker.addBlock(receivedBlock(1))).toBe('refused');
    expect(log.messages('warn')).toEqual(['a block was refused']);
    await tracker.allocateBlocksToBatch(1_000);
    expect(await tracker.addBlock(receivedBlock(1))).toBe('new');
  });

  it('refuses additions beyond those that may wait for the log', async () => {
    const { tracker, metadataLog } = setUp({ options: { maxPendingAdditions: 1 } });
    metadataLog.hold();
    const first = tracker.addBlock(receivedBlock(0));
    expect(await tracker.addBlock(receivedBlock(1))).toBe('refused');
    metadataLog.release();
    expect(await first).toBe('new');
  });
});

describe('ReceivedBlockTracker: batches', () => {
  it('gives a batch all waiting blocks, and an empty list per idle stream', async () => {
    const { tracker } = setUp();
    await tracker.addBlock(receivedBlock(0));
    const input = await tracker.allocateBlocksToBatch(1_000);
    expect([...input.blocks].map(([id, blocks]) => [id, blocks.length])).toEqual([
      [0, 1],
      [1, 0],
    ]);
    expect(tracker.hasUnallocatedBlocks()).toBe(false);
    expect(tracker.unallocatedRecordCount()).toBe(0);
  });

  it('gives the same blocks again for the same batch (BAT-4)', async () => {
    const { tracker } = setUp();
    await tracker.addBlock(receivedBlock(0));
    const first = await tracker.allocateBlocksToBatch(1_000);
    await tracker.addBlock(receivedBlock(1));
    expect(await tracker.allocateBlocksToBatch(1_000)).toBe(first);
    expect(tracker.blocksOfBatch(1_000)).toBe(first);
    expect(sequencesIn(await tracker.allocateBlocksToBatch(2_000))).toEqual([1]);
  });

  it('delays a batch it cannot log instead of running it empty (BAT-1)', async () => {
    const { tracker, metadataLog } = setUp();
    await tracker.addBlock(receivedBlock(0));
    metadataLog.isBroken = true;
    const refused = expect.objectContaining({
      code: 'MR_TRACKING_ALLOCATION_REFUSED',
      disposition: 'back-off',
    });
    await expect(tracker.allocateBlocksToBatch(1_000)).rejects.toThrow(refused);
    expect(tracker.blocksOfBatch(1_000)).toBeUndefined();
    metadataLog.isBroken = false;
    expect(sequencesIn(await tracker.allocateBlocksToBatch(1_000))).toEqual([0]);
  });

  it('keeps blocks for the next batch that come while an allocation is written', async () => {
    const { tracker, metadataLog } = setUp();
    await tracker.addBlock(receivedBlock(0));
    metadataLog.hold('batch-allocation');
    const first = tracker.allocateBlocksToBatch(1_000);
    await tracker.addBlock(receivedBlock(1));
    metadataLog.release();
    expect(sequencesIn(await first)).toEqual([0]);
    expect(sequencesIn(await tracker.allocateBlocksToBatch(2_000))).toEqual([1]);
  });

  it('allocates once when called twice at the same time', async () => {
    const { tracker } = setUp();
    await tracker.addBlock(receivedBlock(0));
    const [one, two] = await Promise.all([1_000, 1_000].map((time) => tracker.allocateBlocksToBatch(time)));
    expect(two).toBe(one);
  });

  it('refuses an earlier batch that it no longer knows (BAT-5)', async () => {
    const { tracker } = setUp();
    await tracker.allocateBlocksToBatch(1_000);
    await tracker.allocateBlocksToBatch(2_000);
    await tracker.cleanupOldBatches(2_000);
    await expect(tracker.allocateBlocksToBatch(1_000)).rejects.toThrow(code('MR_TRACKING_BATCH_FORGOTTEN'));
  });

  it('logs an allocation without blocks too (BAT-4)', async () => {
    const { tracker, metadataLog } = setUp();
    await tracker.allocateBlocksToBatch(1_000);
    expect(metadataLog.events.map((event) => event.kind)).toEqual(['batch-allocation']);
  });
});

describe('ReceivedBlockTracker: after the death of a driver', () => {
  it('knows the blocks in the log, and refuses other blocks of their attempt (BLK-1)', async () => {
    const { tracker, metadataLog, log } = setUp();
    for (const n of [0, 1]) {
      await tracker.addBlock(receivedBlock(n));
      await tracker.allocateBlocksToBatch(1_000 * (n + 1));
    }
    // As a clean-up leaves the log: block 0 was in a batch, and no entry tells so.
    const kept = metadataLog.events.slice(2);
    const next = new ReceivedBlockTracker({ streamIds: [0, 1], log, metadataLog });
    for (const event of kept) next.replay(event);
    next.beginAttempt(0, 'second');
    const added = [0, 1, 2].map((n) => next.addBlock(receivedBlock(n)));
    expect(await Promise.all(added)).toEqual(['refused', 'known', 'refused']);
    expect(await next.addBlock(receivedBlock(0, { attempt: 'second' }))).toBe('new');
    expect(next.unallocatedRecordCount()).toBe(10);
  });

  it('knows a block by its allocation alone (BLK-1)', async () => {
    const { tracker, metadataLog, log } = setUp();
    await tracker.addBlock(receivedBlock(0));
    await tracker.allocateBlocksToBatch(1_000);
    const next = new ReceivedBlockTracker({ streamIds: [0, 1], log, metadataLog });
    for (const event of metadataLog.events.slice(1)) next.replay(event);
    expect(await next.addBlock(receivedBlock(0))).toBe('known');
  });

  it('refuses a block of an attempt that was not begun and is not in the log (BLK-1)', async () => {
    const { tracker, log } = setUp();
    expect(await tracker.addBlock(receivedBlock(0, { attempt: 'of-another-driver' }))).toBe('refused');
    expect(tracker.hasUnallocatedBlocks()).toBe(false);
    expect(log.messages('warn')).toEqual(['a block was refused']);
  });

  it('gives up blocks of the dead memory, but not records that a source can repeat', async () => {
    const { tracker } = setUp();
    const range = { to: 1 };
    for (const block of [receivedBlock(0), receivedBlock(1, { range }), receivedBlock(2)]) {
      await tracker.addBlock(block);
    }
    const batch = await tracker.allocateBlocksToBatch(1_000);
    await tracker.addBlock(receivedBlock(3, { range }));
    expect(tracker.dropLostBlocks(0)).toEqual({ blocks: 2, records: 20 });
    expect(sequencesIn(batch)).toEqual([0, 1, 2]);
    expect(sequencesIn(tracker.blocksOfBatch(1_000))).toEqual([1]);
    expect(tracker.unallocatedRecordCount()).toBe(10);
  });
});

describe('ReceivedBlockTracker: clean-up and stop', () => {
  it('forgets batches before the threshold, not the threshold itself', async () => {
    const { tracker, metadataLog } = setUp();
    for (const time of [1_000, 2_000, 3_000]) await tracker.allocateBlocksToBatch(time);
    expect(await tracker.cleanupOldBatches(2_000)).toBe(true);
    expect([1_000, 2_000, 3_000].map((time) => tracker.blocksOfBatch(time) !== undefined)).toEqual([
      false,
      true,
      true,
    ]);
    expect(metadataLog.events.at(-1)).toEqual({
      kind: 'batch-cleanup',
      timeMs: 2_000,
      batchTimes: [1_000],
      doneUpTo: 2_000,
      positions: new Map(),
    });
  });

  it('logs nothing when there is nothing to clean up', async () => {
    const { tracker, metadataLog } = setUp();
    expect(await tracker.cleanupOldBatches(2_000)).toBe(true);
    expect(metadataLog.events).toEqual([]);
  });

  it('removes nothing when a clean-up cannot be logged', async () => {
    const { tracker, metadataLog } = setUp();
    await tracker.allocateBlocksToBatch(1_000);
    metadataLog.isBroken = true;
    expect(await tracker.cleanupOldBatches(2_000)).toBe(false);
    expect(tracker.blocksOfBatch(1_000)).toBeDefined();
  });

  it('drops done batches in memory, while the log keeps the batches until a clean-up (WAL-4)', async () => {
    const { tracker, metadataLog } = setUp();
    for (const time of [1_000, 2_000, 3_000]) await tracker.allocateBlocksToBatch(time);
    await tracker.forgetDoneBatches(3_000);
    expect([tracker.knownBatches(), metadataLog.events.length, metadataLog.cleaned]).toEqual([
      [3_000],
      3,
      [],
    ]);
    const reborn = setUp({ metadataLog }).tracker;
    await metadataLog.replay((event) => reborn.replay(event));
    expect(reborn.knownBatches()).toEqual([1_000, 2_000, 3_000]);
    expect(await tracker.cleanupOldBatches(2_000)).toBe(true);
    expect(await tracker.cleanupOldBatches(3_000)).toBe(true);
    expect(metadataLog.cleaned).toEqual([2_000, 3_000]);
    const later = setUp({ metadataLog }).tracker;
    await metadataLog.replay((event) => later.replay(event));
    expect(later.knownBatches()).toEqual([3_000]);
  });

  it('remembers the source position of forgotten batches', async () => {
    const { tracker, metadataLog } = setUp();
    for (const n of [1, 2]) {
      await tracker.addBlock(receivedBlock(n, { metadata: { position: n } }));
      await tracker.allocateBlocksToBatch(n * 1_000);
    }
    await tracker.forgetDoneBatches(9_000);
    expect(await tracker.lastPosition(0)).toBe(2);
    await tracker.cleanupOldBatches(9_000);
    const reborn = setUp({ metadataLog }).tracker;
    await metadataLog.replay((event) => reborn.replay(event));
    expect(await reborn.lastPosition(0)).toBe(2);
  });

  it('keeps log entries of blocks that still wait for a batch (WAL-4)', async () => {
    const { tracker, metadataLog } = setUp();
    await tracker.allocateBlocksToBatch(1_000);
    await tracker.addBlock(receivedBlock(0));
    await tracker.cleanupOldBatches(2_000);
    expect(metadataLog.cleaned).toEqual([1_000]);
  });

  describe('with the content of blocks in the log', () => {
    const content = new Uint8Array([1, 2, 3]);

    /** Two batches, each with a block whose content is in the log; their log times are 0 and 1,000. */
    async function twoBatches() {
      const world = setUp();
      const { tracker } = world;
      await tracker.addBlock(receivedBlock(0), content);
      await tracker.allocateBlocksToBatch(1_000);
      await tracker.addBlock(receivedBlock(1), content);
      await tracker.allocateBlocksToBatch(2_000);
      return world;
    }

    it('gives tasks the place of the registration', async () => {
      const { tracker } = await twoBatches();
      const places = [1_000, 2_000].map((time) => tracker.blocksOfBatch(time)?.blocks.get(0)?.[0]);
      expect(places).toEqual([
        receivedBlock(0, { handle: { segment: 'log', offset: 0, length: 1 }, isInline: true }),
        receivedBlock(1, { handle: { segment: 'log', offset: 2, length: 1 }, isInline: true }),
      ]);
    });

    it('keeps the content of the blocks of unfinished batches (WAL-4)', async () => {
      const { tracker, metadataLog } = await twoBatches();
      await tracker.cleanupOldBatches(1_000);
      await tracker.cleanupOldBatches(2_000);
      await tracker.allocateBlocksToBatch(3_000);
      await tracker.cleanupOldBatches(3_000);
      expect(metadataLog.cleaned).toEqual([1_000, 3_000]);
    });

    it('keeps the content of blocks of done batches until a clean-up (WAL-4)', async () => {
      const { tracker, metadataLog } = await twoBatches();
      await tracker.allocateBlocksToBatch(3_000);
      await tracker.forgetDoneBatches(3_000);
      await tracker.cleanupOldBatches(2_000);
      expect(metadataLog.cleaned).toEqual([1_000]);
    });

    it('keeps the content over a restart (WAL-4)', async () => {
      const { metadataLog } = await twoBatches();
      const { tracker } = setUp({ metadataLog });
      await metadataLog.replay((event) => tracker.replay(event));
      await tracker.cleanupOldBatches(2_000);
      expect(metadataLog.cleaned).toEqual([1_000]);
      const places = [1_000, 2_000].map((time) => tracker.blocksOfBatch(time)?.blocks.get(0)?.[0]);
      expect(places).toEqual([undefined, expect.objectContaining({ isInline: true })]);
    });

    it('refuses the content without a log', async () => {
      const { log } = setUp();
      const tracker = new ReceivedBlockTracker({ streamIds: [0], log });
      tracker.beginAttempt(0, 'first');
      expect(await tracker.addBlock(receivedBlock(0), content)).toBe('refused');
      expect(await tracker.addBlock(receivedBlock(0))).toBe('new');
    });
  });

  it('keeps log entries of a block that is being written (WAL-4)', async () => {
    const { tracker, metadataLog } = setUp();
    await tracker.allocateBlocksToBatch(1_000);
    metadataLog.hold('block-addition');
    const added = tracker.addBlock(receivedBlock(0));
    await tracker.cleanupOldBatches(2_000);
    expect(metadataLog.cleaned).toEqual([1_000]);
    metadataLog.release();
    expect(await added).toBe('new');
  });

  it('closes the log after writes in progress', async () => {
    const { tracker, metadataLog } = setUp();
    metadataLog.hold();
    const added = tracker.addBlock(receivedBlock(0));
    await Promise.resolve();
    const stopped = tracker.stop();
    metadataLog.release();
    await stopped;
    expect(await added).toBe('new');
    expect(metadataLog.closeCount).toBe(1);
  });

  it('writes the clean-ups requested before a stop, for any delay of the log', async () => {
    const { tracker, metadataLog } = setUp();
    for (const time of [1_000, 2_000]) await tracker.allocateBlocksToBatch(time);
    metadataLog.hold();
    const cleanups = [tracker.cleanupOldBatches(2_000), tracker.cleanupOldBatches(3_000)];
    const stopped = tracker.stop();
    const late = tracker.cleanupOldBatches(4_000);
    await Promise.resolve();
    metadataLog.release();
    await stopped;
    expect(await Promise.all([...cleanups, late])).toEqual([true, true, false]);
    expect(metadataLog.cleaned).toEqual([2_000, 3_000]);
  });

  it('accepts and allocates no blocks after stop', async () => {
    const { tracker } = setUp();
    await tracker.stop();
    expect(await tracker.addBlock(receivedBlock(0))).toBe('refused');
    await expect(tracker.allocateBlocksToBatch(1_000)).rejects.toThrow(code('MR_TRACKING_STOPPED'));
  });

  it('counts as lost with an executor only blocks without a log or a replayable source', async () => {
    const { tracker } = setUp();
    await tracker.addBlock(receivedBlock(0));
    await tracker.addBlock(receivedBlock(1, { range: { to: 10 } }));
    await tracker.addBlock(receivedBlock(2, { durability: 'process' }));
    await tracker.addBlock(receivedBlock(3, { executorId: 'b' }));
    expect(tracker.memoryBlocksOf('a', 0)).toEqual({ blocks: 1, records: 10 });
  });
});
