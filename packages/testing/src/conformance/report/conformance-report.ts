// What a run found, as it stands in `conformance.json` of a package: one entry for each implementation and port. The
// file is data for tools; `guarantee-table.ts` makes of it what people read.
import type { UncheckableRule } from '../kit/conformance-check.ts';
import type { CheckResult } from '../kit/run-check.ts';

/** One check in a report. */
export type ReportedCheck = Omit<CheckResult, 'failure'>;

/** One run: one implementation against the kit of one port. */
export interface ConformanceRunReport {
  readonly port: string;
  /** The implementation. */
  readonly name: string;
  readonly kitVersion: number;
  /** The page of the rules. */
  readonly spec: string;
  /** Which sources it was about: see `sourceDigest`. Absent in a package without `src`. */
  readonly sources?: string;
  readonly checks: readonly ReportedCheck[];
  readonly notCheckable: readonly UncheckableRule[];
}

/** The content of `conformance.json`. */
export interface ConformanceReport {
  readonly package: string;
  readonly version: string;
  readonly runs: readonly ConformanceRunReport[];
}

/** A report with a run put in; one of the same port and name is replaced. Runs are in order of port and name. */
export function withRun(report: ConformanceReport, run: ConformanceRunReport): ConformanceReport {
  const others = report.runs.filter(({ port, name }) => port !== run.port || name !== run.name);
  const runs = [...others, run].toSorted((a, b) => compare(keyOf(a), keyOf(b)));
  return { ...report, runs };
}

function keyOf({ port, name }: ConformanceRunReport): string {
  return `${port} ${name}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
