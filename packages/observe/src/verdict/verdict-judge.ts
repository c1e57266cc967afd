// Judges the facts by all rules, and remembers since when each rule fires.
import type { Finding, Verdict } from '../schema/verdict.ts';
import type { VerdictRule } from './rule.ts';
import { VERDICT_RULES } from './rules.ts';
import { keepingUp } from './rules/keeping-up.ts';
import type { VerdictFacts } from './verdict-facts.ts';

interface Moment {
  readonly timeMs: number;
  readonly monotonicMs: number;
}

/** The verdict over time. */
export class VerdictJudge {
  readonly #rules: readonly VerdictRule[];
  readonly #since = new Map<VerdictRule, Moment>();

  constructor(rules: readonly VerdictRule[] = VERDICT_RULES) {
    this.#rules = rules;
  }

  /** The verdict on some facts, frozen. `monotonicMs`: the time of the facts. */
  judge(facts: VerdictFacts, monotonicMs: number): Verdict {
    const findings: Finding[] = [];
    for (const rule of this.#rules) {
      if (rule === keepingUp && findings.length > 0) {
        this.#since.delete(rule);
        continue;
      }
      const words = rule.judge(facts, this.#since.get(rule)?.timeMs);
      if (words === undefined) {
        this.#since.delete(rule);
        continue;
      }
      const since = this.#since.get(rule) ?? { timeMs: facts.timeMs, monotonicMs };
      this.#since.set(rule, since);
      findings.push(Object.freeze({ rule: rule.name, level: rule.level, words, sinceMs: since.timeMs }));
    }
    const [title = NOTHING, ...others] = findings;
    return Object.freeze({ ...title, others: Object.freeze(others) });
  }

  /** The time for which a rule fires without a break, in milliseconds; undefined: the rule does not fire. */
  firesForMs(ruleName: string, monotonicMs: number): number | undefined {
    for (const [rule, since] of this.#since)
      if (rule.name === ruleName) return monotonicMs - since.monotonicMs;
    return undefined;
  }
}

/** The title without rules. */
const NOTHING: Finding = { rule: keepingUp.name, level: 'good', words: 'Nothing is known.', sinceMs: 0 };
