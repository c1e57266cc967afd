// A program under measurement, in a separate process. Its arguments are the workload, the port of the source, the
// number of executors, and the directory of log and checkpoints, if any. With two executors there are two receivers,
// which share the rate. Executors on threads load the same file.
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
  // Off, like the default of the model system: an excessive rate must show.
  backPressure: false,
  // A log needs checkpoints when a program keeps data across batches.
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
