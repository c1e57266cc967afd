// Problems of the plugins of an engine. Checks continue after the first problem, so that one run reports every problem.
import { coreError } from '../errors/core-errors.ts';
import type { MillraceError } from '../errors/millrace-error.ts';

/**
 * Throws when there are problems: a single problem itself, several problems as `MR_BOOT_REFUSED`, with each code in the
 * message and in `details.problems`, and the errors as `errors` of the cause.
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
