// What a benchmark is made of. A suite has workloads; for each of them the same contenders do the same work, and
// budgets say how they have to compare. Contenders are measured in the same process, in alternating rounds, because
// only ratios within one run mean anything on a machine that is shared.

/** One contender at one workload. */
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

/** How fast a contender has to be, beside another one or by itself. */
export interface Budget {
  readonly contender: string;
  /** Left out: the budget is a rate of the contender's own. */
  readonly against?: string;
  /** The least ratio of their rates, 1 means as fast; without `against`, the least rate, in operations per second. */
  readonly atLeast: number;
}

/** Cases that do the same work. */
export interface BenchWorkload {
  readonly name: string;
  /** Made when its turn comes, closed before the next. */
  readonly makeCases: () => readonly BenchCase[];
  /** None: its ratios are for information. */
  readonly budgets: readonly Budget[];
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
  readonly workloads: readonly BenchWorkload[];
}
