// The processor time of an engine that has nothing to do: timers, empty batches and the ends of block intervals. The
// engine is a process of its own with the HTTP receiver and the file log, beside a bare process with one timer.
import { setTimeout as pause } from 'node:timers/promises';
import { MeasuredProcess } from '../runner/measured-process.ts';
import type { BenchProbe, BenchSuite, BenchWorkload, ProbeOptions, Readings } from '../runner/suite.ts';
import { type BenchDirectory, benchDirectory } from '../durability/bench-directory.ts';
import type { IdleProgram } from './idle-engine.ts';

const WARM_UP_MS = 5_000;
const QUICK_MS = 100;
const CPU = 'CPU';

/** The suite `idle`. */
export const idleSuite: BenchSuite = {
  name: 'idle',
  purpose: 'processor time of an idle engine with HTTP and a log, beside a bare timer of Node',
  unit: 'seconds',
  contenders: 2,
  metrics: [{ name: CPU, unit: 'ms/s', better: 'less' }],
  roundsAtMost: 3,
  workloads: [
    workload('batches 10 ms, blocks 5 ms', { batchIntervalMs: 10, blockIntervalMs: 5, recordEveryMs: 0 }),
    workload('batches 1 s, blocks 200 ms', {
      batchIntervalMs: 1_000,
      blockIntervalMs: 200,
      recordEveryMs: 0,
    }),
    workload('batches 1 s, blocks 5 ms, a record every 5 ms', {
      batchIntervalMs: 1_000,
      blockIntervalMs: 5,
      recordEveryMs: 5,
    }),
  ],
};

function workload(name: string, program: IdleProgram): BenchWorkload {
  return {
    name,
    makeCases: () => [
      probeOf('millrace', './idle-engine.ts', program),
      probeOf('node', './idle-timer.ts', program),
    ],
    budgets: [],
  };
}

function probeOf(name: string, script: string, program: IdleProgram): BenchProbe {
  return { name, measure: (options) => measure(script, program, options), close: async () => {} };
}

async function measure(
  script: string,
  program: IdleProgram,
  { seconds, isQuick }: ProbeOptions,
): Promise<Readings> {
  const directory: BenchDirectory = benchDirectory();
  const argument = JSON.stringify({ ...program, directory: directory.path });
  const idle = await MeasuredProcess.start<object>(new URL(script, import.meta.url), argument);
  try {
    await pause(isQuick ? QUICK_MS : WARM_UP_MS);
    const [before, fromMs] = [await idle.usage(), performance.now()];
    await pause(isQuick ? QUICK_MS : Math.max(5, seconds) * 1_000);
    const after = await idle.usage();
    return { [CPU]: (after.cpuMicros - before.cpuMicros) / (performance.now() - fromMs) };
  } finally {
    await idle.close();
    await directory.remove();
  }
}
