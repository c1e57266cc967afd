// Turns a kit into tests of the given framework, one test per check. On request the last test writes the results of the
// run to a report; otherwise the last test compares the results with the README.
import type { ConformanceCheck } from './conformance-check.ts';
import { ruleOf } from './conformance-check.ts';
import type { ConformanceKit, ConformanceRun } from './conformance-kit.ts';
import { type CheckResult, runCheck } from './run-check.ts';
import { assertReadmeIsUpToDate } from '../report/assert-readme.ts';
import { writeReport } from '../report/write-report.ts';

/** The context of a test; both vitest and `node:test` supply one. */
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
 * @throws TypeError when `leftOut` names a required or an unknown check.
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
      it('matches the table in the README, if the README has one', async (handle) => {
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

/** A failed check reports itself. */
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
