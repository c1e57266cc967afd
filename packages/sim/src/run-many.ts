// A long run: many seeds over several processes, with a progress bar on a terminal and occasional lines elsewhere. The
// run ends after the requested seeds or hours, at the tenth failing seed by default, or by Ctrl-C, and always prints
// its report.
import type { Clock } from '@millrace/core';
import { Presets, SingleBar } from 'cli-progress';
import type { Asked } from './command-line.ts';
import { ClusterReport } from './cluster/cluster-report.ts';
import type { Report } from './report.ts';
import { RunReport } from './run-report.ts';
import type { Ran } from './worker-messages.ts';
import { WorkerPool } from './worker-pool.ts';

/** The parts of the process that a run needs. */
export interface RunManyContext {
  readonly clock: Clock;
  readonly write: (line: string) => void;
  readonly isTerminal: boolean;
  readonly signal: AbortSignal;
}

const LINE_EVERY_MS = 10_000;
const SEEDS_BY_DEFAULT = 200;
const HOUR_MS = 3_600_000;

/** Runs the seeds; returns the exit code, unless interrupted. */
export async function runMany(asked: Asked, context: RunManyContext): Promise<number> {
  const { clock, write, signal } = context;
  const report = asked.world === 'cluster' ? new ClusterReport() : new RunReport();
  const begunMs = clock.monotonicMs();
  const elapsedMs = () => clock.monotonicMs() - begunMs;
  const seedsMax = asked.seeds ?? (asked.hours === undefined ? SEEDS_BY_DEFAULT : Number.POSITIVE_INFINITY);
  const untilMs = asked.hours === undefined ? Number.POSITIVE_INFINITY : asked.hours * HOUR_MS;
  let given = 0;
  const isOver = () =>
    given >= seedsMax || elapsedMs() >= untilMs || signal.aborted || report.failed.length >= asked.failures;
  const progress = progressOf(context, seedsMax, report, elapsedMs);
  const pool = new WorkerPool({
    clock,
    jobs: asked.jobs,
    mutant: asked.mutant,
    world: asked.world,
    next: () => {
      if (isOver()) return undefined;
      given += 1;
      const seed = `${asked.from + given - 1}`;
      return { seed, draw: { faults: asked.fault, brokenOnPurpose: asked.broken, forced: asked.force } };
    },
    onRan: (ran) => {
      report.add(ran);
      if (ran.violations.length > 0) for (const line of describeFailure(ran, asked)) progress.say(line);
      progress.update();
    },
  });
  signal.addEventListener('abort', () => pool.stop(), { once: true });
  await pool.run();
  progress.end();
  for (const line of report.lines(elapsedMs())) write(line);
  if (asked.coverage) for (const pair of report.emptyPairs) write(`  never: ${pair}`);
  if (report.failed.length > 0) return 1;
  return asked.coverage && !report.isCovered ? 3 : 0;
}

function describeFailure(
  { seed, violations }: Ran,
  { world, fault, mutant, broken, force }: Asked,
): readonly string[] {
  const options = [
    ...(world === 'machine' ? [] : [`--world ${world}`]),
    ...(fault ?? []).map((kind) => `--fault ${kind}`),
    ...(mutant === undefined ? [] : [`--mutant ${mutant}`]),
    ...(force === undefined ? [] : [`--force '${JSON.stringify(force)}'`]),
    ...(broken ? ['--broken'] : []),
  ];
  return [
    ...violations.map(({ promise, what, atMs }) => `seed ${seed} BROKEN ${promise} at ${atMs} ms: ${what}`),
    `  again: npx millrace-sim --seed ${[seed, ...options].join(' ')}`,
  ];
}

interface RunProgress {
  update(): void;
  say(line: string): void;
  end(): void;
}

function progressOf(
  { clock, write, isTerminal }: RunManyContext,
  seedsMax: number,
  report: Report,
  elapsedMs: () => number,
): RunProgress {
  const state = () => {
    const perSecond = (report.seeds / Math.max(0.001, elapsedMs() / 1_000)).toFixed(1);
    return `${perSecond} seeds/s, ${report.failed.length} failed, ${report.reached}`;
  };
  if (!isTerminal) {
    let lastMs = clock.monotonicMs();
    return {
      update: () => {
        if (clock.monotonicMs() - lastMs < LINE_EVERY_MS) return;
        lastMs = clock.monotonicMs();
        write(`${report.seeds} seeds, ${state()}`);
      },
      say: write,
      end: () => undefined,
    };
  }
  const isBounded = Number.isFinite(seedsMax);
  const format = `${isBounded ? '{bar} {value}/{total}' : '{value}'} seeds, {state}`;
  const bar = new SingleBar(
    { format, linewrap: true, clearOnComplete: true, gracefulExit: false },
    Presets.shades_classic,
  );
  bar.start(isBounded ? seedsMax : 1, 0, { state: state() });
  return {
    update: () => bar.update(report.seeds, { state: state() }),
    say: (line) => {
      process.stderr.write('\r\u001b[K');
      write(line);
    },
    end: () => bar.stop(),
  };
}
