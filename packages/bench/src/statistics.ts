// The little arithmetic between measurements and statements. Medians, because one slow round must not move a result;
// ratios pair by pair, because two rates of the same round had the same machine.
import type { Budget } from './suite.ts';

/** Values of several rounds, summed up. */
export interface Summary {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** A budget and what came out. */
export interface BudgetResult extends Budget {
  /** The ratios of the rounds; without `against`, their rates. */
  readonly ratio: Summary;
  readonly isMet: boolean;
}

/**
 * The middle value; the mean of the two in the middle when their number is even.
 *
 * @throws RangeError when there are none.
 */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (upper === undefined || lower === undefined) throw new RangeError('a median needs at least one value');
  return (lower + upper) / 2;
}

/** Median, least and most. */
export function summarize(values: readonly number[]): Summary {
  return { median: median(values), least: Math.min(...values), most: Math.max(...values) };
}

/**
 * How much faster the first contender was, round by round.
 *
 * @throws RangeError when they were not measured in the same rounds.
 */
export function ratios(contender: readonly number[], against: readonly number[]): number[] {
  if (contender.length !== against.length) {
    throw new RangeError(`expected as many rounds of both, got ${contender.length} and ${against.length}`);
  }
  return contender.map((rate, round) => rate / (against[round] ?? Number.NaN));
}

/** The median of the ratios, or of the rates, decides whether a budget is met. */
export function judge(budget: Budget, rates: ReadonlyMap<string, readonly number[]>): BudgetResult {
  const own = rates.get(budget.contender) ?? [];
  const ratio = summarize(budget.against === undefined ? own : ratios(own, rates.get(budget.against) ?? []));
  return { ...budget, ratio, isMet: ratio.median >= budget.atLeast };
}
