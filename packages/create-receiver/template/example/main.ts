// Runs the receiver in an engine. With a URL the program prints the records of that feed until Ctrl-C; without arguments the
// program serves a feed of ten records to itself, and ends when all records have arrived.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { StreamingContext } from '@millrace/engine';
import { sampleFeed } from '../src/index.ts';

const RECORDS = 10;

/** A feed on a free port of 127.0.0.1. */
async function serveFeed(): Promise<{ readonly server: Server; readonly url: string }> {
  const server = createServer((_request, response) => {
    for (let id = 1; id <= RECORDS; id += 1) {
      response.write(`${JSON.stringify({ id, value: id / 2 })}\n`);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/feed` };
}

const [given] = process.argv.slice(2);
const own = given === undefined ? await serveFeed() : undefined;
const url = given ?? own?.url ?? '';

const ssc = new StreamingContext({ appName: 'sample-feed', batchIntervalMs: 200 });
const { promise: allSeen, resolve: seeAll } = Promise.withResolvers<void>();
let seen = 0;
ssc.receiverStream(sampleFeed({ url })).foreachRDD(async (rdd) => {
  const records = await rdd.collect();
  for (const record of records) console.log(JSON.stringify(record));
  seen += records.length;
  if (own !== undefined && seen >= RECORDS) seeAll();
});

await ssc.start();
ssc.stopOnSignals();
await Promise.race([allSeen, ssc.awaitTermination()]);
await ssc.stop();
own?.server.closeAllConnections();
own?.server.close();
console.log(`${seen} records`);
