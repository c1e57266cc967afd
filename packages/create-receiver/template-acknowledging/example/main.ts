// Runs the receiver in an engine. With host, port and the name of a queue the program prints the messages of that queue until
// Ctrl-C; without arguments the program serves a queue of ten messages to itself, and ends when all are acknowledged.
import { StreamingContext } from '@millrace/engine';
import { sampleQueue } from '../src/index.ts';
import { QueueServer } from '../test/queue-server.ts';

const MESSAGES = 10;

const [host = '127.0.0.1', given, name = 'orders'] = process.argv.slice(2);
const own = given === undefined ? await QueueServer.create() : undefined;
const messages = Array.from({ length: MESSAGES }, (_, index) => ({ id: index + 1, value: (index + 1) / 2 }));
own?.put(messages.map((message) => JSON.stringify(message)));

const ssc = new StreamingContext({ appName: 'sample-queue', batchIntervalMs: 200 });
const { promise: allSeen, resolve: seeAll } = Promise.withResolvers<void>();
let seen = 0;
ssc
  .receiverStream(sampleQueue({ host, port: own?.port ?? Number(given), queue: name }))
  .foreachRDD(async (rdd) => {
    const records = await rdd.collect();
    for (const record of records) console.log(JSON.stringify(record));
    seen += records.length;
    if (own !== undefined && seen >= MESSAGES) seeAll();
  });

await ssc.start();
ssc.stopOnSignals();
await Promise.race([allSeen, ssc.awaitTermination()]);
await ssc.stop();
await own?.close();
console.log(`${seen} records${own === undefined ? '' : `, ${own.done.length} acknowledged`}`);
