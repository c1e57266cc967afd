// The processor time of an engine that is watched, beside the same engine that nobody watches, and beside a third one that
// nobody watches either: the control, whose ratio shows how far equal engines differ. The work is the same: records at a fixed
// rate, counted by key.
import type { BenchSuite, BenchWorkload, Budget } from '../runner/suite.ts';
import {
  ALONE,
  CONTROL,
  CPU,
  type EngineLoad,
  EngineProcesses,
  RECORDS,
  WATCHED,
} from './engine-processes.ts';
import { steppedProbe } from './stepped-pair.ts';

const METRICS = { cpu: CPU, records: RECORDS };

const BUDGETS: readonly Budget[] = [
  { contender: WATCHED, against: ALONE, metric: CPU, atMost: 1.02, line: 'observed' },
  { contender: WATCHED, against: CONTROL, metric: CPU, atLeast: 0 },
  { contender: CONTROL, against: ALONE, metric: CPU, atLeast: 0 },
];

/** The suite `observe`. */
export const observeSuite: BenchSuite = {
  name: 'observe',
  purpose: 'processor time of an engine with an open dashboard, beside the same engine without',
  unit: 'batches',
  contenders: 3,
  metrics: [
    { name: CPU, unit: 'ms/s', better: 'less' },
    { name: RECORDS, unit: 'records/s', better: 'more' },
  ],
  roundsAtMost: 6,
  workloads: [
    {
      name: '10,000 records a batch of 10 ms, one after the other',
      makeCases: () => [
        steppedProbe(WATCHED, true, METRICS),
        steppedProbe(ALONE, false, METRICS),
        steppedProbe(CONTROL, false, METRICS),
      ],
      budgets: BUDGETS,
    },
    benchWorkload('1 M records/s, batches every second', {
      batchIntervalMs: 1_000,
      recordsPerSecond: 1_000_000,
    }),
    benchWorkload('1 M records/s, batches every 10 ms', { batchIntervalMs: 10, recordsPerSecond: 1_000_000 }),
    benchWorkload('1,000 records/s, batches every 10 ms', { batchIntervalMs: 10, recordsPerSecond: 1_000 }),
  ],
};

function benchWorkload(name: string, load: EngineLoad): BenchWorkload {
  return { name, makeCases: () => new EngineProcesses(load).probes(), budgets: BUDGETS };
}
