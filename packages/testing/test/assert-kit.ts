// Helpers for tests of the kits: a kit must pass a correct subject, and fail each defective one under the right number.
import type { ConformanceKit, ConformanceRun } from '../src/conformance/kit/conformance-kit.ts';
import { type CheckResult, runCheck, runKit } from '../src/conformance/kit/run-check.ts';

/** Longer than any check lasts on a busy machine. */
const TIMEOUT_MS = 30_000;

/** The `timeoutMs` of a subject with a defect that never lets its check end. */
export const HANGING_MS = 500;

/** The problems of a subject that should be correct: failed checks and inapplicable checks. */
export async function problemsOf<Subject extends ConformanceRun, Trial>(
  kit: ConformanceKit<Subject, Trial>,
  subject: Subject,
): Promise<readonly string[]> {
  const results = await runKit(kit, subject);
  return results.filter(({ result }) => result !== 'passed').map(toLine);
}

/**
 * The outcome of one check of a kit, in one line; `failed LOG-1.1` when the check failed as expected, under its own
 * number.
 */
export async function outcomeOf<Subject extends ConformanceRun, Trial>(
  kit: ConformanceKit<Subject, Trial>,
  number: string,
  subject: Subject,
): Promise<string> {
  const check = kit.checks.find((one) => one.number === number);
  if (check === undefined) return `there is no check ${number}`;
  const { timeoutMs = TIMEOUT_MS } = subject;
  const result = await runCheck({ kit, check, subject: { ...subject, timeoutMs } });
  if (result.failure === undefined) return toLine(result);
  const [first = ''] = result.failure.message.split('\n');
  return `failed ${first.split(' ')[0]}`;
}

/** The numbers of the checks of a kit, in order. */
export function numbersOf<Subject, Trial>(kit: ConformanceKit<Subject, Trial>): readonly string[] {
  return kit.checks.map(({ number }) => number).toSorted();
}

function toLine({ number, result, why }: CheckResult): string {
  return `${result} ${number}: ${why ?? ''}`;
}
