// The performance budget of the design, line by line. The budgets of suites name their line; a report lists all lines,
// so that an unmeasured line is visible.

/** Each line by name: the path and its requirement. */
export const BUDGET_LINES = {
  store: ['store(record)', '≥ 0.8 × a bare loop into preallocated chunks; ≥ 5 × RxJS bufferTime'],
  socket: ['text socket → block', '≥ 0.7 × a bare net.Socket reader that counts newlines'],
  chain: ['map/filter/flatMap chain', '≤ 1.3 × the time of the hand-written loop'],
  async: ['lookups by mapAsync, 64 under way, 20 ms each', '≥ 0.9 × p-map by hand'],
  wal: [
    'WAL, many writers, 4 KiB–1 MiB',
    '≥ 0.9 × bare writev + fdatasync of the same groups; ≥ 5 × synchronous SQLite, LevelDB, LMDB at 4 KiB',
  ],
  'empty-batch': ['empty batch, in process', 'p50 ≤ 0.3 ms from tick to completion'],
  'light-batches': ['10 ms batches, light load', 'p99 scheduling delay ≤ 5 ms'],
  recovery: [
    'recovery',
    '500,000 block additions replayed per second; log read ≥ 0.7 × bare sequential read with CRC',
  ],
  uptime: ['cost per batch', 'independent of uptime: time and heap flat over 100,000 batches'],
  policies: ['policies', '10,000 receivers × 1,000 executors in ≤ 100 ms'],
  'durable-http': [
    'durable HTTP, one record a request, 32 connections',
    'p50 ≤ 10 ms at 500 requests/s; ≥ 3,500 requests/s; ≥ 0.6 × and CPU ≤ 2.5 × a bare server with group commit',
  ],
  direct: ['buckets from another host', '≥ 0.8 × bare node:http'],
  observed: [
    'observed engine with an open dashboard',
    '≤ 1.02 × the processor time of the same engine unobserved',
  ],
  spark: ['Spark Streaming, same workload, same cores', '≥ 3 × its throughput, ≤ 1/5 of its batch latency'],
} as const satisfies Readonly<Record<string, readonly [path: string, budget: string]>>;

/** The name of a line. */
export type BudgetLine = keyof typeof BUDGET_LINES;
