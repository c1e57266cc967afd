// A kit: all checks of one port, and the trial that supplies each check with an implementation. Kits are data;
// `run-check.ts` runs the checks.
import type { ConformanceCheck, UncheckableRule } from './conformance-check.ts';

/** The checks of one port. */
export interface ConformanceKit<Subject, Trial> {
  /** The port's name, as in `docs/spec`. */
  readonly port: string;
  /** Raised whenever a check is added, removed or made stricter. */
  readonly version: number;
  /** The page of the rules. */
  readonly spec: `docs/spec/${string}.md`;
  readonly checks: readonly ConformanceCheck<Trial>[];
  /** Rules of the page without a check, each with the reason. */
  readonly notCheckable: readonly UncheckableRule[];
  /** Gives one check a fresh trial of the subject, and always releases the trial's resources. */
  withTrial(subject: Subject, use: (trial: Trial) => Promise<void>): Promise<void>;
}

/** Options of a run, common to the subjects of all kits. */
export interface ConformanceRun {
  /** The implementation's name, for titles and reports. Default: the port's name. */
  readonly name?: string;
  /**
   * Optional checks that this implementation leaves out: number to reason. A required check cannot be left out.
   */
  readonly leftOut?: Readonly<Record<string, string>>;
  /** The maximum duration of one check, in wall milliseconds; default 60,000. A slower check fails. */
  readonly timeoutMs?: number;
  /**
   * `import.meta.url` of the calling module: the report is about the package around this module. Default: the package
   * of the working directory.
   */
  readonly module?: string | URL;
  /**
   * True: the run is written to `conformance.json`. Default: written when `MILLRACE_CONFORMANCE_REPORT` is set,
   * otherwise compared with the table in the README, if the README has one. False: neither.
   */
  readonly report?: boolean;
}
