// A program for tests that runs on two threads until a signal stops the process.
import { formatStopReport, StreamingContext } from '@millrace/engine';
import { threads } from '@millrace/threads';

const ssc = new StreamingContext({
  appName: 'endless',
  batchIntervalMs: 100,
  master: 'local[2]',
  plugins: [threads({ program: import.meta.url })],
});
ssc
  .queueStream<number>([], { defaultEntry: [1, 2, 3], partitions: 2 })
  .foreachRDD(async (rdd) => void ((await rdd.count()) === 3 && process.stdout.write('batch\n')));
ssc.stopOnSignals({ onStopped: (report) => process.stdout.write(`${formatStopReport(report)}\n`) });
await ssc.start();
await ssc.awaitTermination();
