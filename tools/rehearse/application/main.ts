// The application of the rehearsal, as written by a user who has installed only three packages. The application serves
// a text to its own socket over TCP, counts the words, and prints the counts.
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { CONTRACT_VERSION } from '@millrace/core';
import { StreamingContext } from '@millrace/engine';
import { socketText } from '@millrace/receiver-socket';

const server = createServer((socket) => socket.end('to be\nor not to be\n'));
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

const ssc = new StreamingContext({ appName: 'rehearsal', batchIntervalMs: 100 });
const counts = new Map<string, number>();
ssc
  .receiverStream(socketText({ host: '127.0.0.1', port, onEnd: 'stop' }))
  .flatMap((line) => line.split(' '))
  .countByValue()
  .foreachRDD(async (rdd) => {
    for (const [word, count] of await rdd.collect()) counts.set(word, (counts.get(word) ?? 0) + count);
  });

await ssc.start();
await ssc.awaitSourcesEnded();
await ssc.stop();
server.close();
const told = [...counts].toSorted().map(([word, count]) => `${word} ${count}`);
console.log(`contract ${CONTRACT_VERSION}: ${told.join(', ')}`);
