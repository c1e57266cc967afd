// A run as data: everything that a report is made of, so that one can be made again later, and what baselines keep.
import type { RunOptions, WorkloadResult } from './measure-workload.ts';
import type { Metric, SuiteAxis } from './suite.ts';
import type { Surroundings } from './surroundings.ts';

/** Everything that one suite brought. */
export interface SuiteResult {
  readonly suite: string;
  readonly purpose: string;
  readonly metrics: readonly Metric[];
  readonly axis?: SuiteAxis;
  readonly workloads: readonly WorkloadResult[];
  /** How long it took, in seconds. */
  readonly tookSeconds: number;
}

/** A suite that did not run, and why. */
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
