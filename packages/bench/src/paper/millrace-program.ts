// A program under measurement, in a process of its own: a workload, the port of its source, how many executors, and the
// directory of its log and checkpoints, if any. With two executors there are two receivers, which share the rate. Executors on threads
// load the same file.
import { join } from 'node:path';
import { StreamingContext } from '@millrace/engine';
import { socketReceivers } from '@millrace/receiver-socket';
import { threads } from '@millrace/threads';
import { fileWriteAheadLog } from '@millrace/wal';
import { quiet } from '../streams/quiet-plugins.ts';
import type { BatchLine } from './batch-line.ts';
import { BATCH_INTERVAL_MS, PAPER_PROGRAMS, type PaperWorkload } from './paper-programs.ts';

const [workload, port, executors, directory] = process.argv.slice(2);
const count = Number(executors);

const ssc = new StreamingContext({
  appName: 'paper',
  batchIntervalMs: BATCH_INTERVAL_MS,
  ...(count > 1 ? { master: `local[${count}]` as const } : {}),
  // As in the model system, where it is off unless asked for: a rate that is too high must show.
  backPressure: false,
  // A log needs checkpoints beside it where something is remembered from batch to batch.
  ...(directory === undefined ? {} : { checkpointDirectory: join(directory, 'checkpoint') }),
  plugins: [
    quiet(),
    socketReceivers(),
    ...(directory === undefined ? [] : [fileWriteAheadLog({ directory: join(directory, 'log') })]),
    ...(count > 1 ? [threads({ program: import.meta.url })] : []),
  ],
});
const streams = Array.from({ length: count }, () => ssc.socketTextStream('127.0.0.1', Number(port)));
PAPER_PROGRAMS[workload as PaperWorkload](ssc.union(...streams));

await ssc.start();
ssc.on('batch:completed', ({ batch }) => {
  const { generatorLagMs, allocateMs, generateMs, queueMs, processMs } = batch.phases;
  const schedulingMs = generatorLagMs + allocateMs + generateMs + queueMs;
  const line: BatchLine = {
    batchTime: batch.batchTime,
    records: batch.recordCount,
    schedulingMs,
    processingMs: processMs,
    totalMs: schedulingMs + processMs,
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
});
process.on('SIGTERM', () => process.exit());
await ssc.awaitTermination();
