// The parts of a benchmark. A suite has workloads; in each workload the same contenders do the same work, and budgets
// limit their ratios. Contenders are measured in the same process, in alternating rounds, because on a shared machine
// only ratios within one run have a meaning.
import type { BudgetLine } from './budget-lines.ts';

/** One contender in one workload, whose rate is measured by Benchmark.js. */
export interface BenchCase {
  /** The contender's name, the same in every workload. */
  readonly name: string;
  /** The number of operations in one call of `run`. */
  readonly operations: number;
  /** Does the work once. A throw or rejection fails the whole run. */
  run(): Promise<void>;
  /** Releases resources of the case: timers, subscriptions. */
  close(): Promise<void>;
}

/** Figures of one measurement by the names of the suite's metrics. */
export type Readings = Readonly<Record<string, number>>;

/** The thoroughness of a probe. */
export interface ProbeOptions {
  /** The length of the measurement, in seconds, after the warm-up. */
  readonly seconds: number;
  /** True for a check that everything works, with small sizes. */
  readonly isQuick: boolean;
}

/** One contender that measures itself: delays, heaps, sustained rates of an engine. */
export interface BenchProbe {
  readonly name: string;
  /** The position on the suite's axis, for contenders that are points of one curve. */
  readonly at?: number;
  /** Measures once. A rejection fails the whole run. */
  measure(options: ProbeOptions): Promise<Readings>;
  close(): Promise<void>;
}

/** A case or a probe. */
export type Contender = BenchCase | BenchProbe;

/** A measured quantity. */
export interface Metric {
  readonly name: string;
  readonly unit: string;
  readonly better: 'more' | 'less';
  /** The percentile, for delays. Metrics of one family form one curve. */
  readonly percentile?: number;
  readonly family?: string;
}

/** The one metric of cases, and the first one of most probes. */
export const RATE = 'rate';

/** The required speed of a contender, relative to another contender or absolute. */
export interface Budget {
  readonly contender: string;
  /** Absent: the budget applies to the contender's own figure. */
  readonly against?: string;
  /** Default `rate`. */
  readonly metric?: string;
  /** The minimum ratio, where 1 means equal; without `against`, the minimum figure. 0 is for information. */
  readonly atLeast?: number;
  /** The maximum ratio or figure. */
  readonly atMost?: number;
  /** The line of the design's performance budget that this budget shows. */
  readonly line?: BudgetLine;
}

/** Contenders that do the same work. */
export interface BenchWorkload {
  readonly name: string;
  /** The position on the suite's axis, if any. */
  readonly at?: number;
  /** Called when the turn of the workload comes; the cases are closed before the next workload. */
  readonly makeCases: () => readonly Contender[];
  /** Empty: the ratios are for information. */
  readonly budgets: readonly Budget[];
}

/** The varying quantity of a suite's workloads, for questions of growth. */
export interface SuiteAxis {
  readonly name: string;
  readonly scale: 'linear' | 'log';
}

/** A question answered by a benchmark. */
export interface BenchSuite {
  /** The name for `--suite`, in kebab case. */
  readonly name: string;
  /** The question, in one line. */
  readonly purpose: string;
  /** The unit of an operation, in the plural, for instance `records`. */
  readonly unit: string;
  /** The number of contenders in each workload. */
  readonly contenders: number;
  /** The metrics. Default: the rate of operations. */
  readonly metrics?: readonly Metric[];
  readonly axis?: SuiteAxis;
  /**
   * The maximum number of rounds, without a warm-up round: for suites whose contenders warm up by themselves and
   * measure for seconds.
   */
  readonly roundsAtMost?: number;
  /** The suite runs with `--peers` only. */
  readonly needsPeers?: boolean;
  /** The reason why the suite cannot run here, with a remedy; undefined when the suite can run. */
  readonly absence?: () => string | undefined;
  readonly workloads: readonly BenchWorkload[];
}

/** The metrics of a suite. */
export function metricsOf({ metrics, unit }: BenchSuite): readonly Metric[] {
  return metrics ?? [{ name: RATE, unit: `${unit}/s`, better: 'more' }];
}
