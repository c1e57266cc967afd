// HTTP → ClickHouse. Page views of clients become rows of a table, in few large inserts. A client has its answer when its views
// are in the log. Every insert has a deduplication token, so a batch that runs again, after a kill and a restart, adds no row.
//
//   CLICKHOUSE_URL=http://127.0.0.1:8123 node main.ts DIRECTORY PORT
//   curl -H 'content-type: application/json' -d '[{"page":"/","visitor":"ann","atMs":1796040000000}]' localhost:PORT
import { join } from 'node:path';
import { Logger, PinoLogger, provide, SinkWriter } from '@millrace/core';
import { dashboard } from '@millrace/dashboard';
import { formatStopReport, StreamingContext } from '@millrace/engine';
import { httpRecords } from '@millrace/receiver-http';
import { clickhouseSink } from '@millrace/sink-clickhouse';
import { fileWriteAheadLog } from '@millrace/wal';
import { z } from 'zod';

/** The records of clients. A request with anything else is answered 400, with the reasons. */
const PageView = z.strictObject({
  page: z.string().max(2_000),
  visitor: z.string().max(200),
  atMs: z.int().nonnegative(),
});
type PageView = z.output<typeof PageView>;

const [directory, port] = process.argv.slice(2);
const url = process.env['CLICKHOUSE_URL'];
if (directory === undefined || !(Number(port) > 0) || url === undefined) {
  process.stderr.write('usage: CLICKHOUSE_URL=http://… node main.ts DIRECTORY PORT\n');
  process.exit(1);
}

const views = new SinkWriter(
  clickhouseSink<PageView>(
    {
      url,
      table: 'page_views',
      columns: ['page', 'visitor', { name: 'at', type: 'DateTime64(3)' }],
      create: true,
      orderBy: ['page', 'at'],
    },
    ({ page, visitor, atMs }) => ({ page, visitor, at: new Date(atMs) }),
  ),
);

const ssc = new StreamingContext({
  appName: 'page-views',
  // ClickHouse prefers few large inserts.
  batchIntervalMs: 1_000,
  checkpointDirectory: join(directory, 'checkpoints'),
  plugins: [
    fileWriteAheadLog({ directory: join(directory, 'log') }),
    dashboard(),
    provide(Logger, new PinoLogger({ level: 'warn' })),
  ],
});

ssc
  .receiverStream(httpRecords<PageView>({ port: Number(port), validate: PageView }))
  .transform((rdd) => rdd.coalesce(1))
  .foreachPartition(views.write);

ssc.stopOnSignals({ onStopped: (report) => process.stderr.write(`${formatStopReport(report)}\n`) });
await ssc.start({ awaitReceivers: 30_000 });
// A reader that goes away does not end the program.
process.stdout.on('error', () => undefined).write('ready\n');
await ssc.awaitTermination();
await views.close();
