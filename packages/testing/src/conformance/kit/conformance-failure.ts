// The message of a failed check: number, page, rule, likely cause and finding. All of these are named, so the reader of
// a remote build's log knows the starting point.
import { messageOf } from '@millrace/core';
import { propertyOf } from '@millrace/core/engine';
import { errorChain } from './error-chain.ts';
import { type CheckNumber, type ConformanceCheck, ruleOf } from './conformance-check.ts';

/** The fields of a check that a failure reports. */
export interface FailedCheck {
  readonly check: ConformanceCheck<never>;
  /** The page of the rules. */
  readonly spec: string;
  readonly cause: unknown;
}

/** The finding of a check, with the reports of the implementation that may explain the finding. */
export class ExplainedFinding extends Error {
  override readonly name = 'ExplainedFinding';
  /** Lines for the message of the failure. */
  readonly reports: readonly string[];

  constructor(finding: unknown, reports: readonly string[]) {
    super(messageOf(finding), { cause: finding });
    this.reports = reports;
  }
}

/** An implementation does not conform. */
export class ConformanceFailure extends Error {
  override readonly name = 'ConformanceFailure';
  readonly number: CheckNumber;

  constructor({ check, spec, cause }: FailedCheck) {
    const { finding, reports } = unfolded(cause);
    const causes = propertyOf(finding, 'cause') === undefined ? [] : errorChain(propertyOf(finding, 'cause'));
    const promises = (check.promises ?? []).map((id) => `, promise ${id}`).join('');
    super(
      [
        `${check.number} ${check.title}`,
        `  ${check.level ?? 'required'} by ${spec}, rule ${ruleOf(check.number)}${promises}`,
        `  look at: ${check.look}`,
        `  found: ${messageOf(finding)}`,
        ...causes.map((line, at) => (at === 0 ? `    caused by ${line}` : `    ${line}`)),
        ...reports.map((line) => `  ${line}`),
      ].join('\n'),
      { cause: finding },
    );
    this.number = check.number;
  }
}

function unfolded(cause: unknown): { readonly finding: unknown; readonly reports: readonly string[] } {
  return cause instanceof ExplainedFinding
    ? { finding: cause.cause, reports: cause.reports }
    : { finding: cause, reports: [] };
}
