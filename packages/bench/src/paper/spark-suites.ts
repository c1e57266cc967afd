// Millrace beside Apache Spark Streaming: the same workloads, the same lines from the same source, the same two
// processors, with and without the log; and the block generators of both alone.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { benchDirectory } from '../durability/bench-directory.ts';
import { type BenchProbe, type BenchSuite, type BenchWorkload, type Budget, RATE } from '../runner/suite.ts';
import { median } from '../runner/statistics.ts';
import { generatorCase, STORE } from '../store/generator-case.ts';
import { keptStrings } from '../store/kept-strings.ts';
import { BATCH_INTERVAL_MS, PAPER_WORKLOADS, type PaperWorkload } from './paper-programs.ts';
import { SUSTAINED_METRICS } from './paper-suite.ts';
import { millraceProbe, programProbe } from './program-probe.ts';
import { sparkAbsence, sparkCommand } from './spark-peer.ts';

const MILLRACE = 'Millrace';
/** Two threads, as in Spark, where one of the two receives. */
const MILLRACE_ON_TWO = 'Millrace local[2]';
const SPARK = 'Spark';
/** Long enough for a Java virtual machine, and the same for all contenders. */
const WARM_UP_MS = 12_000;
const WITH_LOG = ', with its log';

/** The suite `spark`. */
export const sparkSuite: BenchSuite = {
  name: 'spark',
  purpose: 'the workloads of the suite paper on Millrace and on Apache Spark Streaming local[2]',
  unit: 'lines',
  contenders: 5,
  metrics: SUSTAINED_METRICS,
  roundsAtMost: 1,
  needsPeers: true,
  absence: sparkAbsence,
  // The model system has no event-time windows.
  workloads: PAPER_WORKLOADS.filter((name) => name !== 'yahoo-event-time').map(benchWorkload),
};

function benchWorkload(workload: PaperWorkload): BenchWorkload {
  return {
    name: workload,
    makeCases: () => [
      millraceProbe(MILLRACE, workload, { executors: 1, warmUpMs: WARM_UP_MS }),
      millraceProbe(MILLRACE_ON_TWO, workload, { executors: 2, warmUpMs: WARM_UP_MS }),
      sparkProbe(SPARK, workload, 'memory'),
      millraceProbe(`${MILLRACE}${WITH_LOG}`, workload, { executors: 1, hasLog: true, warmUpMs: WARM_UP_MS }),
      sparkProbe(`${SPARK}${WITH_LOG}`, workload, 'wal'),
    ],
    budgets: [
      ...budgetsBeside(MILLRACE, SPARK),
      ...budgetsBeside(MILLRACE_ON_TWO, SPARK),
      ...budgetsBeside(`${MILLRACE}${WITH_LOG}`, `${SPARK}${WITH_LOG}`),
    ],
  };
}

function budgetsBeside(contender: string, against: string): Budget[] {
  return [
    { contender, against, atLeast: 3, line: 'spark' },
    { contender, against, metric: 'total p50', atMost: 0.2, line: 'spark' },
    { contender, against, metric: 'total p99', atMost: 0.2, line: 'spark' },
  ];
}

function sparkProbe(name: string, workload: PaperWorkload, storage: 'memory' | 'wal'): BenchProbe {
  const directory = benchDirectory();
  const commandFor = (port: number) =>
    sparkCommand('SparkPeer', workload, String(port), String(BATCH_INTERVAL_MS), directory.path, storage);
  const probe = programProbe(name, workload, { warmUpMs: WARM_UP_MS, commandFor });
  return { ...probe, close: directory.remove };
}

/** The suite `spark-blocks`. */
export const sparkBlocksSuite: BenchSuite = {
  name: 'spark-blocks',
  purpose: 'rate at which records become blocks: the block generators of Millrace and of Apache Spark alone',
  unit: 'records',
  contenders: 2,
  metrics: [{ name: RATE, unit: 'records/s', better: 'more' }],
  roundsAtMost: 3,
  needsPeers: true,
  absence: sparkAbsence,
  workloads: [
    {
      name: 'strings of 100, made before',
      makeCases: () => [ownGenerator(), sparkGenerator()],
      budgets: [
        { contender: STORE, against: `${SPARK}'s BlockGenerator.addData`, atLeast: 3, line: 'spark' },
      ],
    },
  ],
};

function ownGenerator(): BenchProbe {
  const own = generatorCase(keptStrings);
  return {
    name: own.name,
    measure: async ({ seconds }) => {
      const untilMs = performance.now() + seconds * 1_000;
      const rates: number[] = [];
      while (rates.length === 0 || performance.now() < untilMs) {
        const fromMs = performance.now();
        await own.run();
        rates.push((own.operations / (performance.now() - fromMs)) * 1_000);
      }
      return { [RATE]: median(rates) };
    },
    close: () => own.close(),
  };
}

function sparkGenerator(): BenchProbe {
  return {
    name: `${SPARK}'s BlockGenerator.addData`,
    measure: async ({ seconds, isQuick }) => {
      const [file, ...args] = sparkCommand(
        'BlockGeneratorPeer',
        isQuick ? '1' : '3',
        String(Math.max(1, Math.round(seconds))),
      );
      const { stdout } = await promisify(execFile)(file, args);
      const rates = stdout
        .split('\n')
        .filter((line) => line.startsWith('{"recordsPerSecond":'))
        .map((line) => (JSON.parse(line) as { recordsPerSecond: number }).recordsPerSecond);
      return { [RATE]: median(rates) };
    },
    close: async () => {},
  };
}
