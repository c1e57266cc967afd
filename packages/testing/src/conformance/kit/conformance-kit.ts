// A kit: all checks of one port, and how to give each of them an implementation to work on. Kits are data; running them
// is the business of `run-check.ts`.
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
  /** Rules of the page that are proven nowhere here, each with its reason. */
  readonly notCheckable: readonly UncheckableRule[];
  /** Gives one check a fresh trial of the subject, and the trial's place back whatever happens. */
  withTrial(subject: Subject, use: (trial: Trial) => Promise<void>): Promise<void>;
}

/** What every subject of a kit may say about its run. */
export interface ConformanceRun {
  /** The implementation's name, for titles and reports. Default: the port's name. */
  readonly name?: string;
  /**
   * Optional checks that this implementation leaves out: number to reason. A required check cannot be left out.
   */
  readonly leftOut?: Readonly<Record<string, string>>;
  /** How long one check may take, in wall milliseconds; default 10,000. What takes longer has failed. */
  readonly timeoutMs?: number;
  /**
   * `import.meta.url` of the calling module: the package around it is the one that a report is about. Default: the
   * package of the working directory.
   */
  readonly module?: string | URL;
  /**
   * Whether the run is written to `conformance.json`. Default: when `MILLRACE_CONFORMANCE_REPORT` is set; else it is
   * compared with the table in the README, where that has one. False: neither.
   */
  readonly report?: boolean;
}
