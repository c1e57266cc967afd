// Measures the cases of one workload in alternating rounds: A B C, A B C, … A machine that gets slower on the way
// slows down all of them, and their ratios stay.
import { collectGarbage } from './heap.ts';
import { measureCase, type MeasureOptions } from './measure-case.ts';
import { judge, type BudgetResult, type Summary, summarize } from './statistics.ts';
import type { BenchWorkload } from './suite.ts';

/** How thorough a run is. */
export interface RunOptions extends MeasureOptions {
  /** Rounds that count. One more is made before them and thrown away: it pays for compiling. */
  readonly rounds: number;
}

/** A contender's rates. */
export interface CaseResult {
  readonly name: string;
  /** Operations per second. */
  readonly rate: Summary;
  readonly rates: readonly number[];
}

/** A workload's outcome. */
export interface WorkloadResult {
  readonly workload: string;
  readonly cases: readonly CaseResult[];
  readonly budgets: readonly BudgetResult[];
}

/**
 * Runs one workload. `onMeasured` is called after each measurement with the contender's name.
 *
 * @throws what a case threw; all cases are closed first.
 */
export async function runWorkload(
  workload: BenchWorkload,
  options: RunOptions,
  onMeasured: (name: string) => void,
): Promise<WorkloadResult> {
  const cases = workload.makeCases();
  const rates = new Map<string, number[]>(cases.map((one) => [one.name, []]));
  try {
    for (let round = 0; round <= options.rounds; round += 1) {
      for (const one of cases) {
        // What one contender leaves behind must not be paid for by the next.
        collectGarbage();
        const rate = await measureCase(one, options);
        if (round > 0) rates.get(one.name)?.push(rate);
        onMeasured(one.name);
      }
    }
  } finally {
    for (const one of cases) await one.close();
  }
  return {
    workload: workload.name,
    cases: [...rates].map(([name, values]) => ({ name, rate: summarize(values), rates: values })),
    budgets: workload.budgets.map((budget) => judge(budget, rates)),
  };
}
