// What a failed check says: its number, the page and rule that ask for it, the likely cause, and what was found. It
// names all of these so that whoever reads a log of a build far away knows where to begin.
import { messageOf } from '@millrace/core';
import { type CheckNumber, type ConformanceCheck, ruleOf } from './conformance-check.ts';

/** What a failure needs to know of its check. */
export interface FailedCheck {
  readonly check: ConformanceCheck<never>;
  /** The page of the rules. */
  readonly spec: string;
  readonly cause: unknown;
}

/** An implementation does not conform. */
export class ConformanceFailure extends Error {
  override readonly name = 'ConformanceFailure';
  readonly number: CheckNumber;

  constructor({ check, spec, cause }: FailedCheck) {
    const promises = (check.promises ?? []).map((id) => `, promise ${id}`).join('');
    super(
      [
        `${check.number} ${check.title}`,
        `  ${check.level ?? 'required'} by ${spec}, rule ${ruleOf(check.number)}${promises}`,
        `  look at: ${check.look}`,
        `  found: ${messageOf(cause)}`,
      ].join('\n'),
      { cause },
    );
    this.number = check.number;
  }
}
