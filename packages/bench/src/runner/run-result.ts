// A run as data: the complete input of a report, so that a report can be made again later, and the content of
// baselines.
import type { RunOptions, WorkloadResult } from './measure-workload.ts';
import type { Metric, SuiteAxis } from './suite.ts';
import type { Surroundings } from './surroundings.ts';

/** The results of one suite. */
export interface SuiteResult {
  readonly suite: string;
  readonly purpose: string;
  readonly metrics: readonly Metric[];
  readonly axis?: SuiteAxis;
  readonly workloads: readonly WorkloadResult[];
  /** The duration in seconds. */
  readonly tookSeconds: number;
}

/** A suite that did not run, and the reason. */
export interface AbsentSuite {
  readonly suite: string;
  readonly reason: string;
}

/** A whole run. */
export interface RunResult {
  readonly surroundings: Surroundings;
  readonly options: RunOptions;
  readonly suites: readonly SuiteResult[];
  readonly absent: readonly AbsentSuite[];
}
