// A numbered check of an implementation. The number begins with the proven rule of the port's page in `docs/spec`
// (`LOG-8.2` is the second check of rule LOG-8), so a failure, a report and the page use the same name.
import type { PromiseId } from '@millrace/core/engine';

/** The number of a check: the proven rule, a dot, and the position among the checks of the rule. */
export type CheckNumber = `${string}-${number}.${number}`;

/** A check. `run` throws when the implementation violates the rule. */
export interface ConformanceCheck<Trial> {
  readonly number: CheckNumber;
  /** The property of a passing implementation. */
  readonly title: string;
  /**
   * `required`: an implementation that fails the check does not conform. `optional`: the rule says SHOULD or MAY; an
   * implementation may leave the check out and states the reason. Default `required`.
   */
  readonly level?: 'required' | 'optional';
  /** Promises of the engine that depend on this check. */
  readonly promises?: readonly PromiseId[];
  /** The likely cause of a failure. */
  readonly look: string;
  /** Runs the check. Each run has a separate trial. @throws `NotApplicable` when there is nothing to check. */
  run(trial: Trial): Promise<void>;
}

/** A rule that no check can prove. */
export interface UncheckableRule {
  readonly rule: `${string}-${number}`;
  /** The reason. */
  readonly why: string;
}

/** The rule proven by a check. */
export function ruleOf(number: CheckNumber): string {
  return number.slice(0, number.lastIndexOf('.'));
}
