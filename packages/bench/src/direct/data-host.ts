// The host that has the buckets, on a thread of its own, twice: behind a data server, and behind a bare HTTP server that writes
// the bytes of all buckets at once. Both listen on the loopback interface only.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { MsgpackCodec, NoopLogger, SystemClock } from '@millrace/core';
import { DataServer } from '@millrace/remote';

/** The buckets of each answer, and the secret of the fetcher. */
export interface DataHostData {
  readonly buckets: number;
  readonly bucketBytes: number;
  readonly secret: Uint8Array;
}

/** The message of the host, when both servers listen. */
export interface DataHostListening {
  readonly dataPort: number;
  readonly barePort: number;
}

const { buckets: count, bucketBytes, secret } = workerData as DataHostData;
const buckets = Array.from({ length: count }, (_, index) => new Uint8Array(bucketBytes).fill(index));
const whole = Buffer.concat(buckets);

const dataServer = await DataServer.listen({
  clock: new SystemClock(),
  codec: new MsgpackCodec(),
  log: new NoopLogger(),
  address: { host: '127.0.0.1', port: 0 },
  answer: async () => ({ buckets }),
});
dataServer.admit(secret);

const bare = createServer((request, response) => {
  request.resume();
  response.writeHead(200, { 'content-length': whole.byteLength });
  response.end(whole);
});
bare.keepAliveTimeout = 60_000;
bare.listen(0, '127.0.0.1', () => {
  const { port: barePort } = bare.address() as AddressInfo;
  parentPort?.postMessage({ dataPort: dataServer.address.port, barePort } satisfies DataHostListening);
});
