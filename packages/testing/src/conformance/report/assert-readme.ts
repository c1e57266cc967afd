// Compares a README with the results of a run. Every test run compares, so an outdated table is detected at once.
import { join } from 'node:path';
import { renderBadge, renderRun } from './guarantee-table.ts';
import { packageAround } from './package-around.ts';
import { sectionOf } from './readme-section.ts';
import { readTextFile } from './whole-text-files.ts';
import { type ReportWriting, runReportOf } from './write-report.ts';

const SUMMARY = /: (\d+) of \d+ checks passed/g;
const ADVICE =
  'run the tests with MILLRACE_CONFORMANCE_REPORT=1, then millrace-conformance README.md (in this repository: npm run conformance)';

/**
 * Asserts that the README of the package shows the results of this run, and a badge that matches its tables. A README
 * without marks has nothing to compare.
 *
 * @throws Error with the command to run.
 */
export async function assertReadmeIsUpToDate(writing: ReportWriting): Promise<void> {
  const { folder } = await packageAround(writing.module);
  const path = join(folder, 'README.md');
  const section = sectionOf((await readTextFile(path)) ?? '');
  if (section === undefined) return;
  const { name, kit } = writing;
  if (!section.includes(renderRun(runReportOf(writing))))
    throw new Error(`the table of ${name} (${kit.port}) in ${path} is out of date: ${ADVICE}`);
  const passed = [...section.matchAll(SUMMARY)].reduce((sum, [, count]) => sum + Number(count), 0);
  if (!section.includes(renderBadge(passed, 0)))
    throw new Error(`the badge in ${path} is out of date, expected ${passed} passed: ${ADVICE}`);
}
