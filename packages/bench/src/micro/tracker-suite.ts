// The rate of registering blocks and allocating them to batches: in memory, and with every decision in the write-ahead
// log first. Receivers do not wait for each other, so many additions run concurrently.
import { MsgpackCodec, NoopLogger } from '@millrace/core';
import { BlockIds, LoggedMetadataLog, ReceivedBlockTracker } from '@millrace/engine/internals';
import { benchDirectory } from '../durability/bench-directory.ts';
import { openFileLog } from '../durability/open-file-log.ts';
import type { BenchCase, BenchSuite, BenchWorkload } from '../runner/suite.ts';

const BLOCKS = 8_192;
const BATCH_BLOCKS = 1_024;
const ATTEMPT = 'bench';

/** Concurrent additions, one for each receiver. */
const RECEIVERS = [1, 16, 256];

/** The suite `tracker`. */
export const trackerSuite: BenchSuite = {
  name: 'tracker',
  purpose: 'rate of registering and allocating blocks to batches of 1,024, in memory and with a log',
  unit: 'blocks',
  contenders: 2,
  axis: { name: 'receivers', scale: 'log' },
  workloads: RECEIVERS.map(benchWorkload),
};

function benchWorkload(receivers: number): BenchWorkload {
  return {
    name: `${receivers} receiver${receivers === 1 ? '' : 's'}`,
    at: receivers,
    makeCases: () => [memoryCase(receivers), loggedCase(receivers)],
    budgets: [],
  };
}

function memoryCase(receivers: number): BenchCase {
  const load = new TrackerLoad(receivers, (streamIds) => trackerOf(streamIds));
  return { name: 'in memory', operations: BLOCKS, run: () => load.run(BLOCKS), close: () => load.close() };
}

/** One receiver waits for a sync with each block, so fewer blocks suffice. */
function loggedCase(receivers: number): BenchCase {
  const directory = benchDirectory();
  const operations = Math.min(BLOCKS, 64 * receivers);
  const load = new TrackerLoad(receivers, async (streamIds) =>
    trackerOf(streamIds, new LoggedMetadataLog(await openFileLog(directory.path), new MsgpackCodec())),
  );
  return {
    name: 'in the file log',
    operations,
    run: () => load.run(operations),
    close: async () => {
      await load.close();
      await directory.remove();
    },
  };
}

function trackerOf(streamIds: readonly number[], metadataLog?: LoggedMetadataLog): ReceivedBlockTracker {
  const tracker = new ReceivedBlockTracker({
    streamIds,
    log: new NoopLogger(),
    ...(metadataLog === undefined ? {} : { metadataLog }),
    options: { maxUnallocatedBlocks: 2 * BLOCKS, maxPendingAdditions: BLOCKS },
  });
  for (const streamId of streamIds) tracker.beginAttempt(streamId, ATTEMPT);
  return tracker;
}

/** Receivers that register block after block, and batches that allocate them. */
class TrackerLoad {
  readonly #tracker: Promise<ReceivedBlockTracker>;
  readonly #ids: readonly BlockIds[];
  #batchTime = 0;

  constructor(
    receivers: number,
    open: (streamIds: readonly number[]) => ReceivedBlockTracker | Promise<ReceivedBlockTracker>,
  ) {
    const streamIds = Array.from({ length: receivers }, (_, streamId) => streamId);
    this.#ids = streamIds.map((streamId) => new BlockIds(streamId, ATTEMPT));
    this.#tracker = Promise.resolve(open(streamIds));
  }

  async run(blocks: number): Promise<void> {
    const tracker = await this.#tracker;
    const each = blocks / this.#ids.length;
    const step = Math.max(1, Math.min(each, BATCH_BLOCKS / this.#ids.length));
    for (let done = 0; done < each; done += step) {
      const adding = this.#ids.map((ids, streamId) =>
        this.#register(tracker, { ids, streamId, count: step }),
      );
      await Promise.all(adding);
      await this.#allocate(tracker);
    }
    if (tracker.hasUnallocatedBlocks()) throw new Error('blocks were left over');
  }

  async close(): Promise<void> {
    await (await this.#tracker).stop();
  }

  async #register(
    tracker: ReceivedBlockTracker,
    { ids, streamId, count }: { ids: BlockIds; streamId: number; count: number },
  ): Promise<void> {
    for (let at = 0; at < count; at += 1) {
      const block = {
        streamId,
        blockId: ids.next(),
        recordCount: 1_000,
        sizeBytes: 65_536,
        durability: 'memory',
        executorId: 'driver',
      } as const;
      if ((await tracker.addBlock(block)) === 'refused') throw new Error('a block was refused');
    }
  }

  /** Ten batches are kept, as with a window. */
  async #allocate(tracker: ReceivedBlockTracker): Promise<void> {
    this.#batchTime += 1_000;
    await tracker.allocateBlocksToBatch(this.#batchTime);
    await tracker.cleanupOldBatches(this.#batchTime - 10_000);
  }
}
