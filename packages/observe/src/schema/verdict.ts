// The verdict: whether the engine keeps up, and the cause if not, in words.

/** From the worst to the best: `failed`, `behind`, `limited`, `warning`, `good`. */
export type VerdictLevel = 'failed' | 'behind' | 'limited' | 'warning' | 'good';

/** One finding of the rules. */
export interface Finding {
  /** The rule, for instance `held-batch` or `falling-behind`; the same in every version. */
  readonly rule: string;
  readonly level: VerdictLevel;
  /** One or two sentences: the finding, the cause where a cause is known, the next step. */
  readonly words: string;
  /** The first time of the finding in wall milliseconds, without a break since. */
  readonly sinceMs: number;
}

/** The first finding of the rules is the title. */
export interface Verdict extends Finding {
  /** The other findings, in the order of the rules. */
  readonly others: readonly Finding[];
}
