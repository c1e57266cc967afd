// Readings over HTTP, through a log on the disk, into windows of event time in SQLite. A request is answered when its
// readings are in the log. After `kill -9` at any instant and a restart, every answered reading counts exactly once.
import { join } from 'node:path';
import {
  dashboard,
  fileWriteAheadLog,
  filesSink,
  formatStopReport,
  httpRecords,
  seconds,
  StreamingContext,
} from 'millrace';
import { createOutputs } from './outputs.ts';
import { definePipeline } from './pipeline.ts';
import { readingSchema } from './reading.ts';
import { readSettings } from './settings.ts';

const settings = readSettings(process.env);
const { host, port, healthPort, dataDirectory, bearerToken, stopDeadlineMs } = settings;
const { dashboardPort, dashboardToken } = settings;

const ssc = new StreamingContext({
  appName: 'sample-pipeline',
  batchIntervalMs: seconds(1),
  checkpointDirectory: join(dataDirectory, 'checkpoints'),
  // A record for which a function of the program throws is left out of its batch and written to a file.
  onRecordError: 'dead-letter',
  deadLetters: filesSink({ directory: join(dataDirectory, 'dead-letters') }),
  plugins: [
    fileWriteAheadLog({ directory: join(dataDirectory, 'log') }),
    dashboard({
      port: dashboardPort,
      // Without a token, the dashboard is reachable from this machine only.
      ...(dashboardToken === undefined ? {} : { host, token: dashboardToken }),
    }),
  ],
});

const readings = ssc.receiverStream(
  httpRecords({
    host,
    port,
    path: '/readings',
    // A request with a record of another form is answered 400, with the place and the reason.
    validate: readingSchema,
    healthPath: '/healthz',
    healthPort,
    ...(bearerToken === undefined ? {} : { bearerTokens: [bearerToken] }),
  }),
);
const outputs = createOutputs(dataDirectory);
const { windows, late } = definePipeline(readings, settings);
windows.foreachPartition(outputs.windows.write);
late.foreachPartition(outputs.late.write);

ssc.stopOnSignals({
  deadlineMs: stopDeadlineMs,
  onStopped: (report) => process.stderr.write(`${formatStopReport(report)}\n`),
});
// Resolves when the receiver listens; fails when it does not within 30 seconds.
await ssc.start({ awaitReceivers: seconds(30) });
console.log(`ready: post readings to http://${host}:${port}/readings`);
await ssc.awaitTermination();
await outputs.close();
