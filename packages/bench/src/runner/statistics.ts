// The arithmetic between measurements and verdicts. Medians, because one slow round must not move a result; ratios pair
// by pair, because two figures of the same round come from the same machine state.
import { type Budget, RATE } from './suite.ts';

/** The summary of several rounds. */
export interface Summary {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** Values of the rounds, by contender and metric. */
export type Measured = ReadonlyMap<string, ReadonlyMap<string, readonly number[]>>;

/** A budget and its result. */
export interface BudgetResult extends Budget {
  /** The ratios of the rounds; without `against`, their figures. */
  readonly values: readonly number[];
  readonly ratio: Summary;
  /** Absent when nothing is required. */
  readonly isMet?: boolean;
}

/**
 * The middle value; the mean of both middle values for an even number.
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

/** Median, minimum and maximum. */
export function summarize(values: readonly number[]): Summary {
  return { median: median(values), least: Math.min(...values), most: Math.max(...values) };
}

/** The middle half of the values, without the lowest and the highest quarter. */
export function middleHalf(values: readonly number[]): { readonly low: number; readonly high: number } {
  const sorted = values.toSorted((a, b) => a - b);
  const at = Math.floor((sorted.length - 1) / 4);
  return { low: sorted[at] ?? Number.NaN, high: sorted[sorted.length - 1 - at] ?? Number.NaN };
}

/**
 * The ratio of the first contender to the second, round by round.
 *
 * @throws RangeError when the contenders were not measured in the same rounds.
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
