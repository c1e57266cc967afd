// A program whose receivers store as fast as permitted and whose batches are dropped unread. The remaining work is the
// path of records into blocks, of blocks into memory or the log, and of block descriptions to the driver. The driver
// and each executor build the same program.
import { defineReceiver, noOptions, type Receiver, type ReceiverContext } from '@millrace/core';
import { StreamingContext } from '@millrace/engine';
import { threads } from '@millrace/threads';
import { fileWriteAheadLog } from '@millrace/wal';
import { quiet } from '../streams/quiet-plugins.ts';

/** The stored records and their destination. */
export interface FirehoseOptions {
  readonly receivers: number;
  readonly recordBytes: number;
  /** The directory of the log; without a directory blocks stay in memory. */
  readonly logDirectory?: string;
  /** The number of executors, as threads; 1 means the driver's own. */
  readonly executors: number;
}

/** The environment variable that describes the program to executors. */
export const FIREHOSE_VARIABLE = 'MILLRACE_BENCH_FIREHOSE';

/** The batch interval. */
export const BATCH_INTERVAL_MS = 200;

/** The records of a source between two turns of the event loop: about this many bytes, and a limited number. */
const BURST_BYTES = 1_048_576;
const BURST_RECORDS = 8_192;

const MIB = 2 ** 20;

/** Builds the program. */
export function makeFirehose({
  receivers,
  recordBytes,
  logDirectory,
  executors,
}: FirehoseOptions): StreamingContext {
  const isThreaded = executors > 1;
  const maxBytesPerBlock = receivers > 16 ? MIB : 8 * MIB;
  const ssc = new StreamingContext({
    appName: 'firehose',
    batchIntervalMs: BATCH_INTERVAL_MS,
    ...(isThreaded ? { master: `local[${executors}]` as const } : {}),
    // The suite measures the maximum rate, not the best rate, so back-pressure is off.
    backPressure: false,
    receiving: { blockIntervalMs: 50, maxBytesPerBlock, maxHeldBytes: 4 * maxBytesPerBlock },
    plugins: [
      quiet(),
      ...(logDirectory === undefined ? [] : [fileWriteAheadLog({ directory: logDirectory })]),
      ...(isThreaded ? [threads({ program: new URL('./firehose-executor.ts', import.meta.url).href })] : []),
    ],
  });
  const streams = Array.from({ length: receivers }, () => ssc.receiverStream(hose(recordBytes)({})));
  // No job runs: a batch takes its blocks and releases them.
  ssc.union(...streams).foreachRDD(() => undefined);
  return ssc;
}

function hose(recordBytes: number) {
  return defineReceiver<string, Record<string, never>, Record<string, never>>({
    name: 'firehose',
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
    create: (): Receiver<string> => ({
      start: (context) => {
        storeAll(context, recordBytes).catch((error: unknown) => {
          // After an abort every wait rejects with the reason of the stop.
          if (!context.signal.aborted) context.stop('storing failed', error);
        });
      },
      stop: () => undefined,
    }),
  });
}

/** Stores new strings cut from a larger text, like a line reader. */
async function storeAll(context: ReceiverContext<string>, recordBytes: number): Promise<void> {
  const { clock, signal } = context;
  const text = 'The quick brown fox jumps over the lazy dog. '.repeat(Math.ceil((4_096 + recordBytes) / 45));
  const burst = Math.max(1, Math.min(BURST_RECORDS, Math.floor(BURST_BYTES / recordBytes)));
  for (let id = 0; !signal.aborted;) {
    for (const end = id + burst; id < end; id += 1) {
      if (!context.store(text.slice(id & 4_095, (id & 4_095) + recordBytes))) await context.ready();
    }
    await clock.sleepFor(0, signal);
  }
}
