// One thing to prove of an implementation: a numbered check. Its number begins with the rule of the port's page in
// `docs/spec` that it proves (`LOG-8.2` is the second check of rule LOG-8), so that a failure, a report and the page
// all speak of the same thing.
import type { PromiseId } from '@millrace/core/engine';

/** The number of a check: the rule it proves, a dot, and its place among the checks of that rule. */
export type CheckNumber = `${string}-${number}.${number}`;

/** A check. It throws when the implementation does not do what the rule says. */
export interface ConformanceCheck<Trial> {
  readonly number: CheckNumber;
  /** What is true of an implementation that passes. */
  readonly title: string;
  /**
   * `required`: whoever fails it does not conform. `optional`: the rule says SHOULD or MAY; an implementation can leave
   * it out and says why. Default `required`.
   */
  readonly level?: 'required' | 'optional';
  /** Promises of the engine that rest on it. */
  readonly promises?: readonly PromiseId[];
  /** Where to look when it fails: the likely cause. */
  readonly look: string;
  /** Runs it. Each run has a trial of its own. @throws `NotApplicable` when there is nothing to check. */
  run(trial: Trial): Promise<void>;
}

/** A rule that no check can prove. */
export interface UncheckableRule {
  readonly rule: `${string}-${number}`;
  /** Why not. */
  readonly why: string;
}

/** The rule that a check proves. */
export function ruleOf(number: CheckNumber): string {
  return number.slice(0, number.lastIndexOf('.'));
}
