// The message of a failed check: number, page, rule, likely cause and finding. All of these are named, so the reader of
// a remote build's log knows the starting point.
import { messageOf } from '@millrace/core';
import { type CheckNumber, type ConformanceCheck, ruleOf } from './conformance-check.ts';

/** The fields of a check that a failure reports. */
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
