// The application of the rehearsal: what a user writes who has installed three packages and nothing else. It serves
// itself a text over TCP, counts its words, and says what it counted.
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
