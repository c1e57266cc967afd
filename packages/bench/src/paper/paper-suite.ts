// The workloads of the paper on discretized streams: the number of lines of 100 bytes over TCP that a program takes per
// second while every batch completes within a second. The suite also has the Yahoo streaming benchmark, with JSON
// events.
import { percentileMetrics } from '../runner/percentiles.ts';
import { type BenchSuite, type Metric, RATE } from '../runner/suite.ts';
import { PAPER_WORKLOADS } from './paper-programs.ts';
import { millraceProbe } from './program-probe.ts';

/** The metrics of programs: the sustained rate, and delays at a modest rate. */
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
  // The suite `spark` has two executors and logs: each program takes half a minute.
  workloads: PAPER_WORKLOADS.map((workload) => ({
    name: workload,
    makeCases: () => [millraceProbe('1 executor', workload, { executors: 1 })],
    budgets: [],
  })),
};
