// What a benchmark is made of. A suite has workloads; for each of them the same contenders do the same work, and
// budgets say how they have to compare. Contenders are measured in the same process, in alternating rounds, because
// only ratios within one run mean anything on a machine that is shared.
import type { BudgetLine } from './budget-lines.ts';

/** One contender at one workload, whose rate Benchmark.js finds. */
export interface BenchCase {
  /** The contender's name, the same in every workload. */
  readonly name: string;
  /** How many operations one call of `run` does. */
  readonly operations: number;
  /** Does the work once. A throw or rejection fails the whole run. */
  run(): Promise<void>;
  /** Gives back what the case holds: timers, subscriptions. */
  close(): Promise<void>;
}

/** Figures of one measurement by the names of the suite's metrics. */
export type Readings = Readonly<Record<string, number>>;

/** How thorough a probe is. */
export interface ProbeOptions {
  /** How long it measures, in seconds, after it has warmed up. */
  readonly seconds: number;
  /** True: only to see that it works. Sizes are small then, too. */
  readonly isQuick: boolean;
}

/** One contender that measures itself: delays, heaps, rates that an engine sustains. */
export interface BenchProbe {
  readonly name: string;
  /** Where it stands on the suite's axis, when a workload's contenders are the points of one curve. */
  readonly at?: number;
  /** Measures once. A rejection fails the whole run. */
  measure(options: ProbeOptions): Promise<Readings>;
  close(): Promise<void>;
}

/** Whoever takes part. */
export type Contender = BenchCase | BenchProbe;

/** What is measured. */
export interface Metric {
  readonly name: string;
  readonly unit: string;
  readonly better: 'more' | 'less';
  /** Of delays: which percentile it is, and of what. Metrics of one family become one curve. */
  readonly percentile?: number;
  readonly family?: string;
}

/** The one metric of cases, and the first one of most probes. */
export const RATE = 'rate';

/** How fast or slow a contender has to be, beside another one or by itself. */
export interface Budget {
  readonly contender: string;
  /** Left out: the budget is a figure of the contender's own. */
  readonly against?: string;
  /** Default `rate`. */
  readonly metric?: string;
  /** The least ratio, 1 means as much; without `against`, the least figure. 0 is for information. */
  readonly atLeast?: number;
  /** The greatest one. */
  readonly atMost?: number;
  /** The line of the design's performance budget that it shows. */
  readonly line?: BudgetLine;
}

/** Contenders that do the same work. */
export interface BenchWorkload {
  readonly name: string;
  /** Where it stands on the suite's axis, if it has one. */
  readonly at?: number;
  /** Made when its turn comes, closed before the next. */
  readonly makeCases: () => readonly Contender[];
  /** None: its ratios are for information. */
  readonly budgets: readonly Budget[];
}

/** What a suite's workloads differ in, when the question is how something grows. */
export interface SuiteAxis {
  readonly name: string;
  readonly scale: 'linear' | 'log';
}

/** A question that a benchmark answers. */
export interface BenchSuite {
  /** What `--suite` takes, in kebab case. */
  readonly name: string;
  /** The question, in one line. */
  readonly purpose: string;
  /** What an operation is, in the plural, for instance `records`. */
  readonly unit: string;
  /** How many contenders each workload has. */
  readonly contenders: number;
  /** What is measured. Default: the rate of operations. */
  readonly metrics?: readonly Metric[];
  readonly axis?: SuiteAxis;
  /**
   * So many rounds at most, and no round that is thrown away: of suites whose contenders warm up by themselves and
   * measure for seconds.
   */
  readonly roundsAtMost?: number;
  /** The suite runs with `--peers` only. */
  readonly needsPeers?: boolean;
  /** Why the suite cannot run here, and what to do; nothing when it can. */
  readonly absence?: () => string | undefined;
  readonly workloads: readonly BenchWorkload[];
}

/** The metrics of a suite. */
export function metricsOf({ metrics, unit }: BenchSuite): readonly Metric[] {
  return metrics ?? [{ name: RATE, unit: `${unit}/s`, better: 'more' }];
}
