// Measures the contenders of one workload in alternating rounds: A B C, A B C, … A machine that slows down during a run
// slows down all contenders, so their ratios stay.
import { collectGarbage } from './heap.ts';
import { measureCase, type MeasureOptions } from './measure-case.ts';
import { judge, type BudgetResult, type Summary, summarize } from './statistics.ts';
import { type BenchWorkload, type Contender, type ProbeOptions, RATE, type Readings } from './suite.ts';

/** The thoroughness of a run. */
export interface RunOptions extends MeasureOptions, ProbeOptions {
  /** The number of counted rounds. */
  readonly rounds: number;
  /** Adds one uncounted round beforehand, which pays for compiling. */
  readonly hasWarmUp: boolean;
}

/** One metric of one contender. */
export interface MetricResult {
  readonly summary: Summary;
  readonly values: readonly number[];
}

/** A contender's figures by metric. */
export interface CaseResult {
  readonly name: string;
  readonly at?: number;
  readonly metrics: Readonly<Record<string, MetricResult>>;
}

/** The results of a workload. */
export interface WorkloadResult {
  readonly workload: string;
  readonly at?: number;
  readonly cases: readonly CaseResult[];
  readonly budgets: readonly BudgetResult[];
}

/**
 * Runs one workload. `onMeasured` is called after each measurement with the contender's name.
 *
 * @throws the error of a contender, after closing all contenders.
 */
export async function measureWorkload(
  workload: BenchWorkload,
  options: RunOptions,
  onMeasured: (name: string) => void,
): Promise<WorkloadResult> {
  const contenders = workload.makeCases();
  const measured = new Map(contenders.map(({ name }) => [name, new Map<string, number[]>()]));
  try {
    for (let round = options.hasWarmUp ? 0 : 1; round <= options.rounds; round += 1) {
      for (const one of contenders) {
        // The garbage of one contender must not slow down the next.
        collectGarbage();
        const readings = await readingsOf(one, options);
        if (round > 0) keep(readings, measured.get(one.name));
        onMeasured(one.name);
      }
    }
  } finally {
    for (const one of contenders) await one.close();
  }
  return {
    workload: workload.name,
    ...(workload.at === undefined ? {} : { at: workload.at }),
    cases: contenders.map((one) => ({
      name: one.name,
      ...('at' in one ? { at: one.at } : {}),
      metrics: resultsOf(measured.get(one.name)),
    })),
    budgets: workload.budgets.map((budget) => judge(budget, measured)),
  };
}

async function readingsOf(one: Contender, options: RunOptions): Promise<Readings> {
  return 'measure' in one ? one.measure(options) : { [RATE]: await measureCase(one, options) };
}

function keep(readings: Readings, metrics = new Map<string, number[]>()): void {
  for (const [name, value] of Object.entries(readings)) {
    const values = metrics.get(name) ?? [];
    values.push(value);
    metrics.set(name, values);
  }
}

function resultsOf(
  metrics: ReadonlyMap<string, readonly number[]> = new Map(),
): Record<string, MetricResult> {
  return Object.fromEntries(
    [...metrics].map(([name, values]) => [name, { summary: summarize(values), values }]),
  );
}
