// The workloads of the paper on discretized streams: how many lines of 100 bytes over TCP a program takes per second while
// every batch is done within a second. And the Yahoo streaming benchmark, with its events as JSON.
import { percentileMetrics } from '../runner/percentiles.ts';
import { type BenchSuite, type Metric, RATE } from '../runner/suite.ts';
import { PAPER_WORKLOADS } from './paper-programs.ts';
import { millraceProbe } from './program-probe.ts';

/** What programs are measured by: the rate they sustain, and their delays at a modest one. */
export const SUSTAINED_METRICS: readonly Metric[] = [
  { name: RATE, unit: 'lines/s', better: 'more' },
  ...percentileMetrics('total'),
];

/** The suite `paper`. */
export const paperSuite: BenchSuite = {
  name: 'paper',
  purpose:
    'Grep, WordCount, TopKCount and the Yahoo benchmark over TCP: the rate at which batches stay below a second',
  unit: 'lines',
  contenders: 1,
  metrics: SUSTAINED_METRICS,
  roundsAtMost: 1,
  // On two executors, and with logs, they run in the suite `spark`: each program takes half a minute.
  workloads: PAPER_WORKLOADS.map((workload) => ({
    name: workload,
    makeCases: () => [millraceProbe('1 executor', workload, { executors: 1 })],
    budgets: [],
  })),
};
