// Word count over a text socket, the first program of every streaming engine. With `host port` the program counts the
// words of that socket (try `nc -lk 9999`) until Ctrl-C; without arguments the program serves a short text to its own
// socket, and stops at the end of the text.
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { endWhenUnread, StreamingContext } from '@millrace/engine';
import { socketText } from '@millrace/receiver-socket';

const TEXT = `the mill race carries the water to the wheel
the wheel turns the stone
the stone grinds the grain
`;

/** Serves the text to the first client, then ends the connection. */
async function serveText(): Promise<AddressInfo> {
  const server = createServer((socket) => {
    socket.end(TEXT);
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server.address() as AddressInfo;
}

const [host, port] = process.argv.slice(2);
const source =
  host === undefined
    ? { host: '127.0.0.1', port: (await serveText()).port, onEnd: 'stop' as const }
    : { host, port: Number(port) };

// A reader that closes its end (`| head`) ends the program without an error.
endWhenUnread();
const ssc = new StreamingContext({ appName: 'word-count', batchIntervalMs: 200 });
const totals = new Map<string, number>();

ssc
  .receiverStream(socketText(source))
  .flatMap((line) => line.split(' '))
  .map((word) => [word, 1])
  .reduceByKey((a, b) => a + b)
  .foreachRDD(async (rdd) => {
    for (const [word, count] of await rdd.collect()) totals.set(word, (totals.get(word) ?? 0) + count);
  });

// Resolves when the socket is connected; fails when nobody listens within 30 seconds.
await ssc.start({ awaitReceivers: 30_000 });
ssc.stopOnSignals();
await Promise.race([ssc.awaitSourcesEnded(), ssc.awaitTermination()]);
await ssc.stop();

for (const [word, count] of [...totals].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))) {
  console.log(`${count} ${word}`);
}
