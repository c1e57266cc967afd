// The other job of the command: the classic word count over a text socket. Try it with `nc -lk 9999`.
import type { DurableRun } from './durable-run.ts';
import { type Master, StreamingContext } from '@millrace/engine';
import type { BatchInfo, Plugin } from '@millrace/core';
import { socketReceivers } from '@millrace/receiver-socket';

/** The results of one batch. */
export interface WordsBatch {
  readonly batch: BatchInfo;
  /** The most frequent words of this batch, most frequent first. */
  readonly words: readonly (readonly [string, number])[];
}

/** The parameters of the job. */
export interface WordsJobOptions {
  readonly host: string;
  readonly port: number;
  readonly batchIntervalMs: number;
  readonly master: Master;
  readonly plugins: readonly Plugin[];
  /** Makes received lines survive the process. Lines that are sent while no process runs are lost. */
  readonly durable?: DurableRun | undefined;
  readonly onBatch: (batch: WordsBatch) => void;
  /** Called when the socket is unreachable or lost; the engine connects again. */
  readonly onReceiverError: (message: string) => void;
}

/** The number of words in the results of a batch. */
const TOLD_WORDS = 10;

/** Defines the streams of the job. */
export function wordsJob(options: WordsJobOptions): StreamingContext {
  const { batchIntervalMs, durable } = options;
  const ssc = new StreamingContext({
    appName: 'words',
    batchIntervalMs,
    master: options.master,
    plugins: [socketReceivers(), ...(durable ? [durable.plugin] : []), ...options.plugins],
    ...(durable ? { checkpointDirectory: durable.checkpointDirectory } : {}),
  });
  const ofBatch = new Map<number, readonly (readonly [string, number])[]>();

  ssc
    .socketTextStream(options.host, options.port)
    .flatMap((line) => line.split(/\s+/).filter((word) => word !== ''))
    .map((word) => [word, 1])
    .reduceByKey((a, b) => a + b)
    .foreachRDD(async (rdd, { batchTime }) => {
      const counts = await rdd.collect();
      const byCount = counts.toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
      ofBatch.set(batchTime, byCount.slice(0, TOLD_WORDS));
    });

  ssc.on('batch:completed', ({ batch }) => {
    const words = ofBatch.get(batch.batchTime) ?? [];
    ofBatch.delete(batch.batchTime);
    options.onBatch({ batch, words });
  });
  const tell = (receiver: { readonly name: string; readonly lastErrorMessage?: string }) => {
    if (receiver.lastErrorMessage) options.onReceiverError(`${receiver.name}: ${receiver.lastErrorMessage}`);
  };
  ssc.on('receiver:error', ({ receiver }) => tell(receiver));
  ssc.on('receiver:stopped', ({ receiver }) => tell(receiver));
  return ssc;
}
