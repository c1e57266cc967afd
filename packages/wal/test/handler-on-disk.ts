// A received-block handler with a file log on a faulty disk, as required by the conformance kit.
import {
  ManualClock,
  MemoryBlockStore,
  MsgpackCodec,
  type ReceivedBlockHandler,
  SeededRandom,
} from '@millrace/core';
import { coreError } from '@millrace/core';
import { FaultyStorage, RecordingLogger } from '@millrace/testing';
import type { ReceivedBlockHandlerTarget } from '@millrace/testing/conformance';
import { type BlockLog, FileWriteAheadLog, WalReceivedBlockHandler } from '../src/index.ts';

/** Opens a handler over an empty disk. */
export async function handlerOnDisk(): Promise<ReceivedBlockHandlerTarget> {
  const random = new SeededRandom(1);
  const clock = new ManualClock(1_000_000);
  let disk = new FaultyStorage({ random });
  let blockStore = new MemoryBlockStore();
  let isFailing = false;
  let gate: Promise<void> | undefined;
  const stored: string[] = [];

  const openFileLog = (name: string, isSparse: boolean): Promise<FileWriteAheadLog> =>
    FileWriteAheadLog.open({
      storage: disk,
      clock,
      random,
      log: new RecordingLogger(),
      root: '/wal',
      name,
      isSparse,
      options: { segmentBytes: 4_096 },
    });
  const openLog = async (): Promise<BlockLog> => {
    const log = await openFileLog('blocks', true);
    return {
      writeParts: async (parts, timeMs) => {
        await gate;
        const mustFail = isFailing;
        isFailing = false;
        if (mustFail) throw coreError('MR_WAL_FULL', 'the test refuses the room');
        return await log.writeParts(parts, timeMs);
      },
      read: (handle) => log.read(handle),
      readsAlike: (entry) => log.readsAlike(entry),
      segments: () => log.segments(),
      discard: (segments) => log.discard(segments),
      close: () => log.close(),
    };
  };
  const open = async (): Promise<ReceivedBlockHandler> => {
    blockStore = new MemoryBlockStore();
    const handler = new WalReceivedBlockHandler({
      openLog,
      blockStore,
      codec: new MsgpackCodec(),
      clock,
      log: new RecordingLogger(),
      isSynced: true,
      inlineBlockBytes: 1_024,
      registrationGraceMs: 1_000,
    });
    await handler.open();
    const storeBlock: ReceivedBlockHandler['storeBlock'] = (id, block, options) => {
      stored.push(id);
      return handler.storeBlock(id, block, options);
    };
    return {
      durability: handler.durability,
      readsLog: (entry) => handler.readsLog(entry),
      storeBlock,
      readBlock: (block) => handler.readBlock(block),
      cleanupOldBlocks: (threshold, registeredUpTo) => handler.cleanupOldBlocks(threshold, registeredUpTo),
      removeBlocks: (ids) => handler.removeBlocks(ids),
    };
  };
  let driverLog: Promise<FileWriteAheadLog> | undefined;
  return {
    handler: await open(),
    writeToDriverLog: async (payload) => {
      driverLog ??= openFileLog('decisions', false);
      return { payload, handle: await (await driverLog).write(payload, 0) };
    },
    crashProcess: () => {
      disk = disk.crashProcess();
      return open();
    },
    crashMachine: () => {
      disk = disk.crash();
      return open();
    },
    evict: () => blockStore.remove(stored),
    failNext: () => {
      isFailing = true;
    },
    hold: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return resolve;
    },
  };
}
