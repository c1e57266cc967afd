// The processor time of an engine that is watched, beside the same engine that nobody watches. All are processes of their own
// and run at the same time, so that the rest of the machine weighs on all; the watched ones have the dashboard and one live
// listener, a connection of the bench that reads everything. The work is the same: records at a fixed rate, counted by key.
import { get, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { MeasuredProcess, type ProcessUsage } from '../runner/measured-process.ts';
import type {
  BenchProbe,
  BenchSuite,
  BenchWorkload,
  Budget,
  ProbeOptions,
  Readings,
} from '../runner/suite.ts';
import { steppedProbe } from './stepped-pair.ts';

/** The work of a program, the argument of its script. */
export interface CountingOptions {
  readonly batchIntervalMs: number;
  readonly recordsPerSecond: number;
  /** True: the engine has a dashboard. */
  readonly isWatched: boolean;
}

/** The first message of a program: its engine runs. */
export interface CountingReady {
  /** The address of the dashboard; empty without a dashboard. */
  readonly dashboard: string;
}

type CountingProgram = MeasuredProcess<CountingReady>;

const SCRIPT = new URL('./counting-engine.ts', import.meta.url);
const WATCHED = 'watched';
const ALONE = 'alone';
const CPU = 'CPU';
const RECORDS = 'records';
/** A hundred batches a second take seconds to be compiled. */
const WARM_UP_MS = 10_000;
const QUICK_MS = 300;
/** Equal processes differ by some percent of their processor time, by the layout of their memory: each figure is a mean. */
const PAIRS = 2;
/** A round measures at least this long: the figure is a small difference. */
const LEAST_MS = 8_000;

const BUDGETS: readonly Budget[] = [
  { contender: WATCHED, against: ALONE, metric: CPU, atMost: 1.02, line: 'observed' },
];

/** The suite `observe`. */
export const observeSuite: BenchSuite = {
  name: 'observe',
  purpose: 'processor time of an engine with an open dashboard, beside the same engine without',
  unit: 'batches',
  contenders: 2,
  metrics: [
    { name: CPU, unit: 'ms/s', better: 'less' },
    { name: RECORDS, unit: 'records/s', better: 'more' },
  ],
  roundsAtMost: 6,
  workloads: [
    {
      name: '10,000 records a batch of 10 ms, one after the other',
      makeCases: () => [
        steppedProbe(WATCHED, true, { cpu: CPU, records: RECORDS }),
        steppedProbe(ALONE, false, { cpu: CPU, records: RECORDS }),
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

function benchWorkload(name: string, load: Omit<CountingOptions, 'isWatched'>): BenchWorkload {
  return {
    name,
    makeCases: () => {
      const pair = new WatchedPair(load);
      return [probeOf(WATCHED, pair), probeOf(ALONE, pair)];
    },
    budgets: BUDGETS,
  };
}

function probeOf(name: typeof WATCHED | typeof ALONE, pair: WatchedPair): BenchProbe {
  return {
    name,
    measure: (options) => pair.measure(name, options),
    close: async () => {},
  };
}

type PairReadings = Readonly<Record<typeof WATCHED | typeof ALONE, Readings>>;

/** Both contenders, measured together: the turn of one brings the figures of both. */
class WatchedPair {
  readonly #load: Omit<CountingOptions, 'isWatched'>;
  #waiting = new Map<string, Readings>();

  constructor(load: Omit<CountingOptions, 'isWatched'>) {
    this.#load = load;
  }

  async measure(name: typeof WATCHED | typeof ALONE, options: ProbeOptions): Promise<Readings> {
    const known = this.#waiting.get(name);
    if (known !== undefined) {
      this.#waiting.delete(name);
      return known;
    }
    const readings = await measurePair(this.#load, options);
    this.#waiting = new Map(Object.entries(readings).filter(([other]) => other !== name));
    return readings[name];
  }
}

async function measurePair(
  load: Omit<CountingOptions, 'isWatched'>,
  { seconds, isQuick }: ProbeOptions,
): Promise<PairReadings> {
  const started: CountingProgram[] = [];
  const pages: IncomingMessage[] = [];
  const startAll = async (isWatched: boolean): Promise<readonly CountingProgram[]> => {
    const programs: CountingProgram[] = [];
    for (let count = 0; count < (isQuick ? 1 : PAIRS); count += 1) {
      const options: CountingOptions = { ...load, isWatched };
      const program: CountingProgram = await MeasuredProcess.start(SCRIPT, JSON.stringify(options));
      started.push(program);
      programs.push(program);
      if (isWatched) pages.push(await listen(program.ready.dashboard));
    }
    return programs;
  };
  try {
    const watched = await startAll(true);
    const alone = await startAll(false);
    await pause(isQuick ? QUICK_MS : WARM_UP_MS);
    const [beforeWatched, beforeAlone] = await Promise.all([usageOf(watched), usageOf(alone)]);
    const from = performance.now();
    await pause(isQuick ? QUICK_MS : Math.max(LEAST_MS, seconds * 1_000));
    const tookMs = performance.now() - from;
    const [afterWatched, afterAlone] = await Promise.all([usageOf(watched), usageOf(alone)]);
    const readings = (before: ProcessUsage, after: ProcessUsage): Readings => ({
      [CPU]: (after.cpuMicros - before.cpuMicros) / tookMs,
      [RECORDS]: ((after.records - before.records) * 1_000) / tookMs,
    });
    return {
      [WATCHED]: readings(beforeWatched, afterWatched),
      [ALONE]: readings(beforeAlone, afterAlone),
    };
  } finally {
    for (const page of pages) page.destroy();
    await Promise.all(started.map((program) => program.close()));
  }
}

/** The mean use of some programs. */
async function usageOf(programs: readonly CountingProgram[]): Promise<ProcessUsage> {
  const usages = await Promise.all(programs.map((program) => program.usage()));
  const mean = (figure: (usage: ProcessUsage) => number): number =>
    usages.reduce((sum, usage) => sum + figure(usage), 0) / usages.length;
  return { cpuMicros: mean(({ cpuMicros }) => cpuMicros), records: mean(({ records }) => records) };
}

/** Opens the live channel of a dashboard and reads the channel to its end. */
async function listen(dashboard: string): Promise<IncomingMessage> {
  const [response] = (await once(get(new URL('events', dashboard)), 'response')) as [IncomingMessage];
  if (response.statusCode !== 200) throw new Error(`the dashboard answered ${response.statusCode}`);
  return response.on('error', () => undefined).resume();
}
