// The growth of a batch's cost with receivers, blocks, keys of a state, and the length of a window. Growth must be at
// most proportional.
import { defineReceiver, noOptions, type ReceiverContext, SeededRandom } from '@millrace/core';
import type { State, StreamingContext, StreamingContextOptions } from '@millrace/engine';
import type { BenchProbe, BenchSuite, BenchWorkload } from '../runner/suite.ts';
import { drain, ManualEngine, SCALE_METRICS } from './manual-engine.ts';

const GROWTH = { unit: 'batches', metrics: SCALE_METRICS, roundsAtMost: 2 } as const;

/** The suite `receivers`. */
export const receiversSuite: BenchSuite = {
  ...GROWTH,
  name: 'receivers',
  purpose: 'growth of a batch with the receivers, each with one block of ten records',
  contenders: 1,
  axis: { name: 'receivers', scale: 'log' },
  workloads: [1, 10, 100, 1_000].map((count) =>
    workload(`${count} receivers`, count, { batches: 20 }, () =>
      received({ streams: count, records: 10, options: {} }),
    ),
  ),
};

/** A block for each record, and room for all blocks. */
const MANY_BLOCKS: Partial<StreamingContextOptions> = {
  receiving: { maxRecordsPerBlock: 1, blockQueueSize: 2_000 },
  tracking: { maxUnallocatedBlocks: 2_000 },
};

/** The suite `blocks-in-batch`. */
export const blocksInBatchSuite: BenchSuite = {
  ...GROWTH,
  name: 'blocks-in-batch',
  purpose: 'growth of a batch with its blocks of one record each',
  contenders: 1,
  axis: { name: 'blocks', scale: 'log' },
  workloads: [1, 10, 100, 1_000, 10_000, 100_000].map((count) =>
    workload(
      `${count} blocks`,
      count,
      { batches: count > 1_000 ? 2 : 10, warmUp: count > 1_000 ? 1 : 5 },
      () => received({ ...inStreams(count), options: MANY_BLOCKS }),
    ),
  ),
};

/** The suite `state-keys`. */
export const stateKeysSuite: BenchSuite = {
  ...GROWTH,
  name: 'state-keys',
  purpose:
    'growth of a batch of 1,000 and of 10,000 records with random keys, with the number of keys in the state',
  contenders: 2,
  axis: { name: 'keys', scale: 'log' },
  workloads: [1_000, 10_000, 100_000, 1_000_000].map((keys) => ({
    name: `${keys} keys`,
    at: keys,
    makeCases: () =>
      [1_000, 10_000].map((records) =>
        probe(`${records} records`, { batches: 50, warmUp: 50 }, () => stateOf(keys, records)),
      ),
    budgets: [],
  })),
};

/** The suite `window-length`. */
export const windowLengthSuite: BenchSuite = {
  ...GROWTH,
  name: 'window-length',
  purpose: 'growth of a batch with the window that ends in it, recomputed or updated by an inverse function',
  contenders: 2,
  axis: { name: 'batches in the window', scale: 'log' },
  workloads: [1, 10, 100, 1_000].map((length) => ({
    name: `${length} batches`,
    at: length,
    makeCases: () => [
      probe('computed anew', { batches: 20, warmUp: length }, () => windowed(length, {})),
      probe('by an inverse function', { batches: 20, warmUp: length }, () =>
        windowed(length, { inverse: (sum: number, gone: number) => sum - gone }),
      ),
    ],
    budgets: [],
  })),
};

interface Length {
  /** The number of measured batches. */
  readonly batches: number;
  /** The number of earlier batches. Default 5. */
  readonly warmUp?: number;
}

function workload(name: string, at: number, length: Length, make: () => ManualEngine): BenchWorkload {
  return { name, at, makeCases: () => [probe('millrace', length, make)], budgets: [] };
}

/** The engine is made for its measurement, so that only one point of a curve is in memory. */
function probe(name: string, { batches, warmUp = 5 }: Length, make: () => ManualEngine): BenchProbe {
  return {
    name,
    measure: async ({ isQuick }) => {
      const engine = make();
      try {
        await engine.start();
        await engine.run(isQuick ? 1 : warmUp);
        return await engine.measure(isQuick ? 1 : batches);
      } finally {
        await engine.close();
      }
    },
    close: async () => {},
  };
}

/** Several streams, so that the queue of a single receiver stays short. */
function inStreams(blocks: number): { readonly streams: number; readonly records: number } {
  const streams = Math.min(100, blocks);
  return { streams, records: blocks / streams };
}

interface Received {
  readonly streams: number;
  /** Records of each stream in each batch. */
  readonly records: number;
  readonly options: Partial<StreamingContextOptions>;
}

/** Receivers that store their records shortly before a batch. */
function received({ streams, records, options }: Received): ManualEngine {
  const contexts: ReceiverContext<number>[] = [];
  const kind = defineReceiver<number, Record<string, never>, Record<string, never>>({
    name: 'bench',
    contract: 1,
    capabilities: {
      ack: 'none',
      replayable: false,
      ordering: 'per-stream',
      pause: true,
      bounded: false,
      format: 'records',
      touches: [],
    },
    options: noOptions,
    create: () => ({
      start: (context) => void contexts.push(context),
      stop: () => undefined,
    }),
  });
  const program = (ssc: StreamingContext): void => {
    const inputs = Array.from({ length: streams }, () => ssc.receiverStream(kind({})));
    ssc.union(...inputs).foreachPartition(drain);
  };
  return new ManualEngine(program, options, () => {
    for (const context of contexts) void storeAll(context, records);
    return contexts.length * records;
  });
}

async function storeAll(context: ReceiverContext<number>, records: number): Promise<void> {
  try {
    for (let stored = 0; stored < records; stored += 1) if (!context.store(stored)) await context.ready();
  } catch (error) {
    // The engine was closed while the source waited.
    if (!context.signal.aborted) context.stop('storing failed', error);
  }
}

function stateOf(keys: number, records: number): ManualEngine {
  const queue: [number, number][][] = [];
  const random = new SeededRandom(keys);
  const program = (ssc: StreamingContext): void => {
    const initialState = Array.from({ length: keys }, (_, key): [number, number] => [key, 0]);
    ssc
      .queueStream(queue)
      .mapWithState(
        (_key, value, state: State<number>) => {
          const sum = (state.getOption() ?? 0) + (value ?? 0);
          state.update(sum);
          return sum;
        },
        { initialState },
      )
      .foreachPartition(drain);
  };
  return new ManualEngine(program, {}, () => push(queue, records, () => random.integer(keys)));
}

function windowed(
  length: number,
  options: { readonly inverse?: (sum: number, gone: number) => number },
): ManualEngine {
  const queue: [number, number][][] = [];
  const program = (ssc: StreamingContext): void => {
    ssc
      .queueStream(queue)
      .reduceByKeyAndWindow((left, right) => left + right, length * 1_000, 1_000, options)
      .foreachPartition(drain);
  };
  return new ManualEngine(program, {}, () => push(queue, PAIRS, (index) => index % 100));
}

/** Records of a batch of a window. */
const PAIRS = 1_000;

function push(queue: [number, number][][], records: number, keyOf: (index: number) => number): number {
  queue.push(Array.from({ length: records }, (_, index) => [keyOf(index), 1]));
  return records;
}
