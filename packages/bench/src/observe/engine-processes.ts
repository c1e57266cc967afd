// Engines that run at the same time, each a process of its own, so that the rest of the machine weighs on all alike. The watched
// ones have the dashboard and one live listener, a connection of the bench that reads everything. The processes stay for all
// rounds: a new process compiles for minutes, the watched one more, as the watched one has more code.
import { get, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { MeasuredProcess, type ProcessUsage } from '../runner/measured-process.ts';
import { median } from '../runner/statistics.ts';
import type { BenchProbe, ProbeOptions, Readings } from '../runner/suite.ts';
import { mirroredOrder } from './mirrored-order.ts';

/** The engine with a dashboard and a live listener. */
export const WATCHED = 'watched';
/** The engine without a dashboard. */
export const ALONE = 'alone';
/** A second engine without a dashboard. */
export const CONTROL = 'control';
/** Milliseconds of processor time in a second. */
export const CPU = 'CPU';
/** Records in a second. */
export const RECORDS = 'records';

const CONTENDERS = [WATCHED, ALONE, CONTROL] as const;
type ContenderName = (typeof CONTENDERS)[number];

/** The work of all engines. */
export interface EngineLoad {
  readonly batchIntervalMs: number;
  readonly recordsPerSecond: number;
}

/** The work of a program, the argument of its script. */
export interface CountingOptions extends EngineLoad {
  /** True: the engine has a dashboard. */
  readonly isWatched: boolean;
  /** The program collects its garbage once, this long after its start. */
  readonly collectAfterMs: number;
}

/** The first message of a program: its engine runs. */
export interface CountingReady {
  /** The address of the dashboard; empty without a dashboard. */
  readonly dashboard: string;
}

type CountingProgram = MeasuredProcess<CountingReady>;

const SCRIPT = new URL('./counting-engine.ts', import.meta.url);
/** Equal processes differ by some percent of their processor time: each figure is the median of this many. */
const PROCESSES = 4;
const FLAGS: readonly string[] = [
  // A tenth of the calls after which V8 compiles a function for good. By default functions that run once a batch are compiled
  // until two minutes after the start at 100 batches a second, and functions that run once a second until much later.
  '--invocation-count-for-maglev=40',
  '--invocation-count-for-turbofan=300',
  '--minimum-invocations-after-ic-update=50',
  // In some processes V8 makes the arrays of blocks in old memory; whole collections then take a third of their time. The suite
  // does not show whether a dashboard makes this more likely.
  '--no-allocation-site-pretenuring',
];
/** The first bound of V8 on old memory is far above the later ones, so a process collects all its memory late, by chance. */
const COLLECT_AFTER_MS = 15_000;
const WARM_UP_MS = 45_000;
const QUICK_MS = 300;
/** A round measures at least this long: whole collections of garbage are a quarter of a minute apart. */
const LEAST_MS = 16_000;

/** All contenders, measured together: the turn of the first one brings the figures of all. */
export class EngineProcesses {
  readonly #load: EngineLoad;
  #starting: Promise<readonly StartedEngine[]> | undefined;
  #waiting = new Map<ContenderName, Readings>();

  constructor(load: EngineLoad) {
    this.#load = load;
  }

  /** A probe for each contender. */
  probes(): readonly BenchProbe[] {
    return CONTENDERS.map((name) => ({
      name,
      measure: (options) => this.#measure(name, options),
      close: () => this.#close(),
    }));
  }

  async #measure(name: ContenderName, options: ProbeOptions): Promise<Readings> {
    if (!this.#waiting.has(name)) this.#waiting = await this.#measureAll(options);
    const readings = this.#waiting.get(name);
    if (readings === undefined) throw new Error(`no figures of ${name}`);
    this.#waiting.delete(name);
    return readings;
  }

  async #measureAll({ seconds, isQuick }: ProbeOptions): Promise<Map<ContenderName, Readings>> {
    this.#starting ??= startAll(this.#load, isQuick);
    const engines = await this.#starting;
    const before = await usagesOf(engines);
    const fromMs = performance.now();
    await pause(isQuick ? QUICK_MS : Math.max(LEAST_MS, seconds * 1_000));
    const tookMs = performance.now() - fromMs;
    const after = await usagesOf(engines);
    const perMs = (name: ContenderName, figure: keyof ProcessUsage): number => {
      const growth = engines.map(
        (_, index) => (after[index]?.[figure] ?? 0) - (before[index]?.[figure] ?? 0),
      );
      return median(growth.filter((_, index) => engines[index]?.name === name)) / tookMs;
    };
    return new Map(
      CONTENDERS.map((name) => [
        name,
        { [CPU]: perMs(name, 'cpuMicros'), [RECORDS]: perMs(name, 'records') * 1_000 },
      ]),
    );
  }

  async #close(): Promise<void> {
    const engines = await this.#starting?.catch(() => []);
    this.#starting = undefined;
    await Promise.all((engines ?? []).map(closeEngine));
  }
}

interface StartedEngine {
  readonly name: ContenderName;
  readonly program: CountingProgram;
  page?: IncomingMessage;
}

async function startAll(load: EngineLoad, isQuick: boolean): Promise<readonly StartedEngine[]> {
  const engines: StartedEngine[] = [];
  try {
    for (const name of mirroredOrder(CONTENDERS, isQuick ? 1 : PROCESSES)) {
      const isWatched = name === WATCHED;
      const options: CountingOptions = { ...load, isWatched, collectAfterMs: isQuick ? 0 : COLLECT_AFTER_MS };
      const program: CountingProgram = await MeasuredProcess.start(SCRIPT, JSON.stringify(options), FLAGS);
      const engine: StartedEngine = { name, program };
      engines.push(engine);
      if (isWatched) engine.page = await listen(program.ready.dashboard);
    }
    await pause(isQuick ? QUICK_MS : WARM_UP_MS);
    return engines;
  } catch (error) {
    await Promise.all(engines.map(closeEngine));
    throw error;
  }
}

async function closeEngine({ program, page }: StartedEngine): Promise<void> {
  page?.destroy();
  await program.close();
}

function usagesOf(engines: readonly StartedEngine[]): Promise<readonly ProcessUsage[]> {
  return Promise.all(engines.map(({ program }) => program.usage()));
}

/** Opens the live channel of a dashboard and reads the channel to its end. */
async function listen(dashboard: string): Promise<IncomingMessage> {
  const [response] = (await once(get(new URL('events', dashboard)), 'response')) as [IncomingMessage];
  if (response.statusCode !== 200) throw new Error(`the dashboard answered ${response.statusCode}`);
  return response.on('error', () => undefined).resume();
}
