// The results of a package's runs in `conformance.json`: one entry per implementation and port. The file is data for
// tools; `guarantee-table.ts` renders the report for readers.
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
  /** The digest of the tested sources, see `sourceDigest`. Absent in a package without `src`. */
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

/** A report with a run added; a run of the same port and name is replaced. Runs are sorted by port and name. */
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
