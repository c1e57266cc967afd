// The rate at which a driver recovers registered blocks: the log is opened, and every event is read, checked, decoded
// and passed to a tracker of received blocks. Each addition is one registered block.
import { MsgpackCodec, NoopLogger, type ReceivedBlockInfo } from '@millrace/core';
import { BlockIds, LoggedMetadataLog, ReceivedBlockTracker } from '@millrace/engine/internals';
import type { BenchCase, BenchSuite, BenchWorkload } from '../runner/suite.ts';
import { type BenchDirectory, benchDirectory } from './bench-directory.ts';
import { openFileLog } from './open-file-log.ts';

const ADDITIONS = 100_000;
const STREAMS = 8;
const BLOCK_BYTES = 65_536;

const RECOVERY = 'recovery';
const READING = 'reading the log alone';

/** The suite `recovery`. */
export const recoverySuite: BenchSuite = {
  name: 'recovery',
  purpose: 'rate of replaying registered blocks from the log of the driver',
  unit: 'additions',
  contenders: 2,
  workloads: [
    benchWorkload('all wait for a batch', Number.POSITIVE_INFINITY, 500_000),
    benchWorkload('batches of 1,000 blocks, all unfinished', 1_000, 0),
  ],
};

function benchWorkload(name: string, batchBlocks: number, atLeast: number): BenchWorkload {
  return {
    name,
    makeCases: () => casesOf(batchBlocks),
    budgets: [
      ...(atLeast > 0 ? [{ contender: RECOVERY, atLeast, line: 'recovery' as const }] : []),
      { contender: RECOVERY, against: READING },
    ],
  };
}

function casesOf(batchBlocks: number): readonly BenchCase[] {
  const directory = benchDirectory();
  const writing = writeLog(directory, batchBlocks);
  return [
    {
      name: RECOVERY,
      operations: ADDITIONS,
      run: async () => {
        await writing;
        const tracker = await recoveredTracker(directory);
        const blocks = blocksOf(tracker);
        if (blocks !== ADDITIONS) throw new Error(`recovered ${blocks} of ${ADDITIONS} blocks`);
      },
      close: async () => undefined,
    },
    {
      name: READING,
      operations: ADDITIONS,
      run: async () => {
        await writing;
        const log = await openFileLog(directory.path);
        let bytes = 0;
        for await (const { payload } of log.readAll()) bytes += payload.byteLength;
        await log.close();
        if (bytes < ADDITIONS) throw new Error(`read ${bytes} bytes only`);
      },
      close: () => directory.remove(),
    },
  ];
}

async function recoveredTracker(directory: BenchDirectory): Promise<ReceivedBlockTracker> {
  const metadataLog = await openMetadataLog(directory);
  const tracker = trackerOver(metadataLog);
  await metadataLog.replay((event) => tracker.replay(event));
  await metadataLog.close();
  return tracker;
}

function blocksOf(tracker: ReceivedBlockTracker): number {
  let count = tracker.unallocatedRecordCount() / RECORDS;
  for (const batchTime of tracker.knownBatches()) {
    for (const blocks of tracker.blocksOfBatch(batchTime)?.blocks.values() ?? []) count += blocks.length;
  }
  return count;
}

const RECORDS = 500;
const ATTEMPT = '1.1.m3x9qk2v';

/** Registers blocks through a tracker, as receivers do. */
async function writeLog(directory: BenchDirectory, batchBlocks: number): Promise<void> {
  const metadataLog = await openMetadataLog(directory);
  const tracker = trackerOver(metadataLog);
  const ids = Array.from({ length: STREAMS }, (_, streamId) => new BlockIds(streamId, ATTEMPT));
  for (let streamId = 0; streamId < STREAMS; streamId += 1) tracker.beginAttempt(streamId, ATTEMPT);
  const chunk = Math.min(1_000, batchBlocks);
  for (let count = 0; count < ADDITIONS;) {
    const added = Array.from({ length: chunk }, (_, at) => tracker.addBlock(blockOf(ids, count + at)));
    if ((await Promise.all(added)).includes('refused')) throw new Error('a block was refused');
    count += chunk;
    if (count % batchBlocks === 0) await tracker.allocateBlocksToBatch(1_000 * (count / batchBlocks));
  }
  await tracker.stop();
}

/** A block as stored by the handler with the file log. */
function blockOf(ids: readonly BlockIds[], count: number): ReceivedBlockInfo {
  const streamId = count % STREAMS;
  const offset = (count % 1_000) * BLOCK_BYTES;
  const segment = `blocks/segment-${String(Math.floor(count / 1_000) + 1).padStart(10, '0')}.wal`;
  return {
    streamId,
    blockId: ids[streamId]?.next() ?? '',
    recordCount: RECORDS,
    sizeBytes: BLOCK_BYTES,
    durability: 'machine',
    executorId: 'driver',
    handle: { segment, offset, length: BLOCK_BYTES - 28 },
  };
}

async function openMetadataLog(directory: BenchDirectory): Promise<LoggedMetadataLog> {
  return new LoggedMetadataLog(await openFileLog(directory.path), new MsgpackCodec());
}

function trackerOver(metadataLog: LoggedMetadataLog): ReceivedBlockTracker {
  return new ReceivedBlockTracker({
    streamIds: Array.from({ length: STREAMS }, (_, streamId) => streamId),
    log: new NoopLogger(),
    metadataLog,
    options: { maxUnallocatedBlocks: ADDITIONS, maxPendingAdditions: ADDITIONS },
  });
}
