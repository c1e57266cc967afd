// A program with defaults: the HTTP receiver, the file log, and a count of the records of each second.
import { subscribe } from 'node:diagnostics_channel';
import { StreamingContext } from '@millrace/engine';
import { type HttpListening, httpRecords, LISTENING_CHANNEL } from '@millrace/receiver-http';
import { fileWriteAheadLog } from '@millrace/wal';
import { quiet } from '../streams/quiet-plugins.ts';
import { answerBench } from '../runner/measured-process.ts';
import type { ServerListening } from './served-program.ts';

const [directory = '.'] = process.argv.slice(2);
let records = 0;

subscribe(LISTENING_CHANNEL, (message) =>
  answerBench({ port: (message as HttpListening).port } satisfies ServerListening, () => records),
);

const ssc = new StreamingContext({
  appName: 'durable-http',
  batchIntervalMs: 1_000,
  plugins: [quiet(), fileWriteAheadLog({ directory })],
});
ssc.receiverStream(httpRecords({ port: 0 })).foreachPartition((partition) => {
  for (const _ of partition) records += 1;
});
await ssc.start();
