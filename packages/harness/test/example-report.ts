// A report for the tests of tables and pages, with figures of every length.
import { type Phase, PHASES } from '../src/run/phase-recorders.ts';
import type { WorkloadReport } from '../src/run/workload-report.ts';

/** A report with all fields; `factor` multiplies its figures. */
export function exampleReport(factor = 1): WorkloadReport {
  const summary = {
    count: 123_456 * factor,
    mean: 12.34 * factor,
    p50: 8.76 * factor,
    p90: 123.4 * factor,
    p99: 1_234 * factor,
    p999: 12_345 * factor,
    max: 54_321 * factor,
  };
  const curve = [0, 50, 90, 99, 99.9].map((percentile) => ({ percentile, ms: (1 + percentile) * factor }));
  const phases = Object.fromEntries(PHASES.map((phase) => [phase, { ...summary, curve }]));
  return {
    format: 1,
    asked: {
      name: 'an engine with a long name & a log',
      batchIntervalMs: 200,
      durationMs: 20_000,
      warmUpMs: 5_000,
      master: 'local[2]',
      load: {
        recordsPerSecond: 20_000,
        recordBytes: 100,
        receivers: 4,
        keys: 10_000,
        skew: 1,
        burst: { everyMs: 5_000, lengthMs: 500, factor: 10 },
        failEveryMs: 10_000,
        seed: 1,
      },
    },
    engine: 'BlockStore: memory\n'.repeat(3) + 'a plugin with a very long line '.repeat(8),
    machine: '2 × AMD EPYC 7B13 64-Core Processor, 24 GiB, linux x64',
    node: 'v24.0.0',
    startedAt: '2026-01-02T03:04:05.678Z',
    wasInterrupted: false,
    measuredMs: 20_004,
    throughput: {
      intendedPerSecond: 38_000 * factor,
      storedPerSecond: 37_900 * factor,
      blocksPerSecond: 20.1 * factor,
      bytesPerSecond: 7.6e6 * factor,
      processedPerSecond: 37_950 * factor,
    },
    records: { sent: 950_000 * factor, processed: 950_000 * factor, lost: 0, repeated: 1_234 * factor },
    batches: { completed: 100 * factor, failed: 0, late: 3 * factor },
    failures: 4 * factor,
    receiverErrors: 0,
    phases: phases as Record<Phase, (typeof phases)[string]>,
    cost: {
      cores: 0.87 * factor,
      heapMeanBytes: 3e7 * factor,
      heapMaxBytes: 4e7 * factor,
      rssMaxBytes: 1.5e8 * factor,
      gcPauses: summary,
      gcTotalMs: 123 * factor,
      majorCollections: 2 * factor,
    },
    stop: 'stopped gracefully in 65 ms; nothing was left behind',
    moments: Array.from({ length: 100 }, (_, at) => ({
      atSeconds: at * 0.2,
      blocksPerSecond: 20 + (at % 3),
      recordsPerSecond: 38_000 + ((at * 37) % 400),
      heapBytes: 3e7 + ((at * 7_919) % 1e7),
      eventLoopDelayMs: (at * 13) % 17,
      limitPerSecond: 50_000 + at * 100,
    })),
    timeLine: Array.from({ length: 100 }, (_, at) => ({
      atSeconds: at * 0.2,
      records: (7_500 + ((at * 37) % 400)) * factor,
      schedulingMs: 2 + (at % 5),
      processingMs: 40 + ((at * 13) % 60),
      totalMs: 42 + ((at * 13) % 60) + (at === 50 ? 300 : 0),
    })),
  };
}
