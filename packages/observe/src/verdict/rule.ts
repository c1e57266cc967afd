// One rule of the verdict.
import type { VerdictLevel } from '../schema/verdict.ts';
import type { VerdictFacts } from './verdict-facts.ts';

/** A rule: a pure function with a name. */
export interface VerdictRule {
  /** The name in findings, the same in every version. */
  readonly name: string;
  readonly level: VerdictLevel;
  /**
   * The finding in words; undefined: the rule does not fire.
   *
   * @param sinceMs The time since which the rule fires, in wall milliseconds; undefined: the rule did not fire the last
   *   time. A rule may hold on to a finding for longer than the facts that fire the rule, so that findings do not flap.
   */
  readonly judge: (facts: VerdictFacts, sinceMs: number | undefined) => string | undefined;
}
