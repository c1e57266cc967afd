// The little arithmetic between measurements and statements. Medians, because one slow round must not move a result;
// ratios pair by pair, because two figures of the same round had the same machine.
import { type Budget, RATE } from './suite.ts';

/** Values of several rounds, summed up. */
export interface Summary {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** Values of the rounds: of each contender, of each metric. */
export type Measured = ReadonlyMap<string, ReadonlyMap<string, readonly number[]>>;

/** A budget and what came out. */
export interface BudgetResult extends Budget {
  /** The ratios of the rounds; without `against`, their figures. */
  readonly values: readonly number[];
  readonly ratio: Summary;
  /** Left out when nothing is demanded. */
  readonly isMet?: boolean;
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

/** The middle half of the values: a quarter of them is below it, a quarter above. */
export function middleHalf(values: readonly number[]): { readonly low: number; readonly high: number } {
  const sorted = values.toSorted((a, b) => a - b);
  const at = Math.floor((sorted.length - 1) / 4);
  return { low: sorted[at] ?? Number.NaN, high: sorted[sorted.length - 1 - at] ?? Number.NaN };
}

/**
 * How much more the first contender had, round by round.
 *
 * @throws RangeError when they were not measured in the same rounds.
 */
export function ratios(contender: readonly number[], against: readonly number[]): number[] {
  if (contender.length !== against.length) {
    throw new RangeError(`expected as many rounds of both, got ${contender.length} and ${against.length}`);
  }
  return contender.map((value, round) => value / (against[round] ?? Number.NaN));
}

/** The median of the ratios, or of the figures, decides whether a budget is met. */
export function judge(budget: Budget, measured: Measured): BudgetResult {
  const { contender, against, metric = RATE, atLeast = 0, atMost } = budget;
  const valuesOf = (name: string) => measured.get(name)?.get(metric) ?? [];
  const own = valuesOf(contender);
  const values = against === undefined ? own : ratios(own, valuesOf(against));
  const ratio = summarize(values);
  if (atLeast === 0 && atMost === undefined) return { ...budget, values, ratio };
  const isMet = ratio.median >= atLeast && ratio.median <= (atMost ?? Number.POSITIVE_INFINITY);
  return { ...budget, values, ratio, isMet };
}
