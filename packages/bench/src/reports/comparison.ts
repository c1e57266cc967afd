// The comparison of a run with the baseline, in words.
import { type Baseline, baselineOf, type Movement, movements } from '../runner/baseline.ts';
import type { RunResult } from '../runner/run-result.ts';

/** The text of a comparison. */
export interface Comparison {
  readonly title: string;
  readonly movements: readonly Movement[];
}

/** Compares a run with the baseline. A quick run is compared only with an explicitly named baseline. */
export function compareWith(run: RunResult, before: Baseline | undefined, isAsked: boolean): Comparison {
  if (before === undefined) return { title: 'There is no baseline.', movements: [] };
  if (run.options.isQuick && !isAsked) {
    return { title: 'A quick run is not compared with the baseline.', movements: [] };
  }
  const now = baselineOf(run);
  const found = movements(before, now, run.suites);
  const what =
    before.machine === now.machine ? 'Figures and ratios' : 'Ratios, as the machine is another one,';
  const count = found.length === 0 ? 'nothing moved beyond noise' : `${found.length} moved beyond noise`;
  return {
    title: `${what} beside those of ${before.commit} (${before.startedAt.slice(0, 10)}): ${count}.`,
    movements: found,
  };
}
