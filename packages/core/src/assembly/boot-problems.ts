// What is wrong with the plugins of an engine. Checks go on after the first problem, so that one run shows them all.
import { coreError } from '../errors/core-errors.ts';
import type { MillraceError } from '../errors/millrace-error.ts';

/**
 * Throws when there are problems: a single one as it is, several as `MR_BOOT_REFUSED`, which lists each with its code
 * in the message and in `details.problems`, and keeps them as the `errors` of its cause.
 */
export function throwProblems(problems: readonly MillraceError[]): void {
  const [first, ...others] = problems;
  if (first === undefined) return;
  if (others.length === 0) throw first;
  const lines = problems.map(({ code, message }) => `\n  - ${code}: ${message}`);
  throw coreError('MR_BOOT_REFUSED', `${problems.length} problems with the plugins:${lines.join('')}`, {
    details: { problems: problems.map(({ code, message, details }) => ({ code, message, details })) },
    cause: new AggregateError(problems),
  });
}
