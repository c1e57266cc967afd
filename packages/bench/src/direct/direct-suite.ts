// The rate at which buckets come from another host, beside bare `node:http` with the same bytes: a kept connection, one body,
// collected into one buffer, without signature, checksums and parts.
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { Worker } from 'node:worker_threads';
import { MsgpackCodec, SystemClock, SystemRandom } from '@millrace/core';
import { DataFetcher } from '@millrace/remote';
import type { BenchCase, BenchSuite, BenchWorkload } from '../runner/suite.ts';
import type { DataHostData, DataHostListening } from './data-host.ts';

const DIRECT = 'direct transfer';
const BARE = 'bare node:http';
const MEBIBYTE = 1_048_576;
const SECRET = new Uint8Array(32).fill(1);
/** Requests under way, as with one executor. */
const CONCURRENCY = 4;

/** The suite `direct`. */
export const directSuite: BenchSuite = {
  name: 'direct',
  purpose: 'rate of buckets fetched from another host, beside bare node:http',
  unit: 'MiB',
  contenders: 2,
  workloads: [
    workload({ buckets: 1, bucketBytes: 8 * MEBIBYTE, fetches: 32 }),
    workload({ buckets: 16, bucketBytes: 65_536, fetches: 128 }),
    workload({ buckets: 64, bucketBytes: 1_024, fetches: 512 }),
  ],
};

interface Work {
  readonly buckets: number;
  readonly bucketBytes: number;
  /** Fetches of one call. */
  readonly fetches: number;
}

function workload(work: Work): BenchWorkload {
  const { buckets, bucketBytes } = work;
  return {
    name: `${buckets} buckets of ${bucketBytes / 1_024} KiB`,
    makeCases: () => [caseOf(DIRECT, work, directFetch), caseOf(BARE, work, bareFetch)],
    budgets: [{ contender: DIRECT, against: BARE, atLeast: 0.8, line: 'direct' }],
  };
}

/** Fetches once, and returns the number of bytes. */
type Fetch = () => Promise<number>;
interface Fetching {
  readonly fetch: Fetch;
  readonly close: () => void;
}

function caseOf(name: string, work: Work, fetching: (ports: DataHostListening) => Fetching): BenchCase {
  const { buckets, bucketBytes, fetches } = work;
  const workerData: DataHostData = { buckets, bucketBytes, secret: SECRET };
  const host = new Worker(new URL('./data-host.ts', import.meta.url), { workerData });
  const ready = once(host, 'message').then(([ports]) => fetching(ports as DataHostListening));
  const bytes = buckets * bucketBytes;
  return {
    name,
    operations: (fetches * bytes) / MEBIBYTE,
    run: async () => {
      const { fetch } = await ready;
      let left = fetches;
      const fetchInTurn = async (): Promise<void> => {
        while (left > 0) {
          left -= 1;
          const fetched = await fetch();
          if (fetched !== bytes) throw new Error(`expected ${bytes} bytes, got ${fetched}`);
        }
      };
      await Promise.all(Array.from({ length: CONCURRENCY }, fetchInTurn));
    },
    close: async () => {
      (await ready).close();
      await host.terminate();
    },
  };
}

function directFetch({ dataPort: port }: DataHostListening): Fetching {
  const fetcher = new DataFetcher({
    clock: new SystemClock(),
    random: new SystemRandom(),
    codec: new MsgpackCodec(),
    secret: SECRET,
  });
  const way = fetcher.wayTo('executor', { host: '127.0.0.1', port });
  const question = {
    kind: 'FetchBuckets',
    request: { epoch: 1, shuffleId: 'shuffle', partition: 0, mapPartitions: [0] },
  } as const;
  const { signal } = new AbortController();
  return {
    fetch: async () => {
      const { buckets } = (await way.fetch(question, signal)) as { readonly buckets: readonly Uint8Array[] };
      return buckets.reduce((sum, bucket) => sum + bucket.byteLength, 0);
    },
    close: () => fetcher.close(),
  };
}

function bareFetch({ barePort: port }: DataHostListening): Fetching {
  const agent = new Agent({ keepAlive: true });
  const body = Buffer.alloc(200);
  const fetch = (): Promise<number> => {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const sent = request({ host: '127.0.0.1', port, method: 'POST', agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => void chunks.push(chunk));
      response.once('end', () => resolve(Buffer.concat(chunks).byteLength));
      response.once('error', reject);
    });
    sent.once('error', reject);
    sent.end(body);
    return promise;
  };
  return { fetch, close: () => agent.destroy() };
}
