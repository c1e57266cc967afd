// Durable requests over HTTP: one record or a hundred a request, 32 connections that stay open, and clients on the second processor.
// An answer means that the record survives the loss of power. Beside Millrace with defaults, a bare server that parses
// and syncs the requests that wait together.
import { on } from 'node:events';
import { Worker } from 'node:worker_threads';
import type {
  BenchProbe,
  BenchSuite,
  BenchWorkload,
  Budget,
  ProbeOptions,
  Readings,
} from '../runner/suite.ts';
import type { LoadMessage, RequestLoadData } from './request-load.ts';
import { ServedProgram } from './served-program.ts';

type LoadKind = Pick<RequestLoadData, 'recordsPerRequest' | 'requestsPerSecond'>;

const MILLRACE = 'millrace';
const BARE = 'node:http + fdatasync';
const CONNECTIONS = 32;
const WARM_UP_MS = 3_000;
const QUICK_MS = 100;
const P50 = 'p50';
const CPU = 'CPU';

/** The suite `durable-http`. */
export const durableHttpSuite: BenchSuite = {
  name: 'durable-http',
  purpose: 'durable requests over HTTP, of one record of 200 bytes or of a hundred, by 32 connections',
  unit: 'requests',
  contenders: 2,
  metrics: [
    { name: 'rate', unit: 'requests/s', better: 'more' },
    { name: P50, unit: 'ms', better: 'less' },
    { name: 'p99', unit: 'ms', better: 'less' },
    { name: CPU, unit: 's/million', better: 'less' },
  ],
  roundsAtMost: 3,
  workloads: [
    benchWorkload('500 requests/s', { recordsPerRequest: 1, requestsPerSecond: 500 }, [
      { contender: MILLRACE, metric: P50, atMost: 10, line: 'durable-http' },
      { contender: MILLRACE, against: BARE, metric: P50 },
    ]),
    // Both servers wait for the same disk and the same other programs: the ratios tell a regression on a busy machine, too.
    benchWorkload('as fast as it goes', { recordsPerRequest: 1 }, [
      { contender: MILLRACE, atLeast: 3_500, line: 'durable-http' },
      { contender: MILLRACE, against: BARE, atLeast: 0.6, line: 'durable-http' },
      { contender: MILLRACE, against: BARE, metric: CPU, atMost: 2.5, line: 'durable-http' },
    ]),
    benchWorkload('100 records a request, as fast as it goes', { recordsPerRequest: 100 }, [
      { contender: MILLRACE, against: BARE },
      { contender: MILLRACE, against: BARE, metric: CPU },
    ]),
  ],
};

function benchWorkload(name: string, kind: LoadKind, budgets: readonly Budget[]): BenchWorkload {
  return {
    name,
    makeCases: () => [
      probeOf(MILLRACE, './millrace-server.ts', kind),
      probeOf(BARE, './bare-server.ts', kind),
    ],
    budgets,
  };
}

function probeOf(name: string, script: string, kind: LoadKind): BenchProbe {
  return {
    name,
    measure: (options) => measure(script, kind, options),
    close: async () => {},
  };
}

async function nextOf(messages: AsyncIterator<[LoadMessage]>): Promise<LoadMessage> {
  const { value } = (await messages.next()) as { readonly value: [LoadMessage] };
  return value[0];
}

async function measure(
  script: string,
  kind: LoadKind,
  { seconds, isQuick }: ProbeOptions,
): Promise<Readings> {
  const server = await ServedProgram.start(script);
  let load: Worker | undefined;
  try {
    const partsMs = isQuick ? [QUICK_MS, QUICK_MS] : [WARM_UP_MS, Math.max(3, seconds) * 1_000];
    const { port } = server;
    const workerData: RequestLoadData = {
      port,
      connections: CONNECTIONS,
      partsMs,
      ...kind,
    };
    load = new Worker(new URL('./request-load.ts', import.meta.url), { workerData });
    // Keeps messages that arrive while the bench waits for the server.
    const messages = on(load, 'message') as AsyncIterator<[LoadMessage]>;
    await nextOf(messages);
    const before = await server.usage();
    const part = await nextOf(messages);
    const after = await server.usage();
    await server.untilProcessed((await nextOf(messages)).answers * kind.recordsPerRequest);
    return {
      rate: (part.answers * 1_000) / part.elapsedMs,
      p50: part.p50Ms,
      p99: part.p99Ms,
      // Microseconds a request are seconds a million.
      CPU: (after.cpuMicros - before.cpuMicros) / part.answers,
    };
  } finally {
    await load?.terminate();
    await server.close();
  }
}
