// The service of the lookups, on a separate thread: every answer takes a fixed time. The server listens on the loopback
// interface only.
import { createServer } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';

/** The options of the server. */
export interface LookupServerData {
  /** The duration of an answer, in ms. */
  readonly answerMs: number;
}

/** The message of the server. */
export interface LookupServerMessage {
  readonly port: number;
}

const { answerMs } = workerData as LookupServerData;

const server = createServer(({ url = '/' }, response) => {
  setTimeout(() => response.end(url.slice(1)), answerMs);
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address === null || typeof address !== 'object') throw new TypeError('the server has no port');
  const message: LookupServerMessage = { port: address.port };
  parentPort?.postMessage(message);
});
