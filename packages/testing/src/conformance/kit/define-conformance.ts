// Turns a kit into tests of whatever framework is handed in, one test a check. The last test writes what the others have
// found, when a report is asked for; otherwise it compares it with what the README says.
import type { ConformanceCheck } from './conformance-check.ts';
import { ruleOf } from './conformance-check.ts';
import type { ConformanceKit, ConformanceRun } from './conformance-kit.ts';
import { type CheckResult, runCheck } from './run-check.ts';
import { assertReadmeIsUpToDate } from '../report/assert-readme.ts';
import { writeReport } from '../report/write-report.ts';

/** What a test gets from its framework; vitest and `node:test` both give this. */
export interface TestHandle {
  /** Ends the test as skipped. */
  skip(why?: string): unknown;
}

/** The test functions of a framework: `{ describe, it }` of vitest, `node:test` and others. */
export interface TestFunctions {
  readonly describe: (name: string, define: () => void) => unknown;
  readonly it: (title: string, test: (handle: TestHandle) => Promise<void>) => unknown;
}

/**
 * Defines the tests of a kit for one subject.
 *
 * @throws TypeError when `leftOut` names a check that is required, or none at all.
 */
export function defineConformance<Subject extends ConformanceRun, Trial>(
  { describe, it }: TestFunctions,
  kit: ConformanceKit<Subject, Trial>,
  subject: Subject,
): void {
  assertMayBeLeftOut(kit, subject.leftOut ?? {});
  const name = subject.name ?? kit.port;
  const results: CheckResult[] = [];
  describe(`${kit.port} conformance ${kit.version}: ${name}`, () => {
    for (const check of kit.checks) {
      it(titleOf(check), async (handle) => {
        const result = await runCheck({ kit, check, subject });
        results.push(result);
        if (result.failure !== undefined) throw result.failure;
        if (result.result !== 'passed') handle.skip(result.why);
      });
    }
    if (subject.report === false) return;
    const writing = { kit, name, results, module: subject.module };
    if (isReported(subject)) it('writes conformance.json', () => writeReport(writing));
    else {
      it('stands in the README as it went, where that has a table', async (handle) => {
        const isWhole = results.length === kit.checks.length && results.every(isSettled);
        if (isWhole) await assertReadmeIsUpToDate(writing);
        else handle.skip('not all checks ran, or some failed');
      });
    }
  });
}

function titleOf(check: ConformanceCheck<never>): string {
  const promises = check.promises === undefined ? '' : ` (${check.promises.join(', ')})`;
  const optional = check.level === 'optional' ? ' [optional]' : '';
  return `${check.number} ${check.title}${promises}${optional}`;
}

/** A check that failed says so itself. */
function isSettled({ result }: CheckResult): boolean {
  return result !== 'failed';
}

function isReported(subject: ConformanceRun): boolean {
  return subject.report ?? !['', '0', undefined].includes(process.env['MILLRACE_CONFORMANCE_REPORT']);
}

function assertMayBeLeftOut<Trial>(
  kit: ConformanceKit<never, Trial>,
  leftOut: Readonly<Record<string, string>>,
): void {
  for (const number of Object.keys(leftOut)) {
    const check = kit.checks.find((one) => one.number === number);
    if (check === undefined)
      throw new TypeError(`the kit of ${kit.port} has no check ${number} to leave out`);
    if (check.level === 'optional') continue;
    throw new TypeError(`${number} cannot be left out: ${kit.spec} requires ${ruleOf(check.number)}`);
  }
}
