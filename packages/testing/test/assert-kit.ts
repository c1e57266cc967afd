// Tests of the kits themselves: a kit has to pass what is right and to fail what is wrong, each with its own number.
import type { ConformanceKit, ConformanceRun } from '../src/conformance/kit/conformance-kit.ts';
import { type CheckResult, runCheck, runKit } from '../src/conformance/kit/run-check.ts';

/** What is not right about a subject that should be: failed checks, and those that did not apply. */
export async function problemsOf<Subject extends ConformanceRun, Trial>(
  kit: ConformanceKit<Subject, Trial>,
  subject: Subject,
): Promise<readonly string[]> {
  const results = await runKit(kit, subject);
  return results.filter(({ result }) => result !== 'passed').map(toLine);
}

/** How one check of a kit went, in one line; `failed LOG-1.1` when it failed as it should, under its own number. */
export async function outcomeOf<Subject extends ConformanceRun, Trial>(
  kit: ConformanceKit<Subject, Trial>,
  number: string,
  subject: Subject,
): Promise<string> {
  const check = kit.checks.find((one) => one.number === number);
  if (check === undefined) return `there is no check ${number}`;
  const result = await runCheck({ kit, check, subject: { ...subject, timeoutMs: 500 } });
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
