// Whether a README still tells what a run finds. Every run of the tests looks, so a table cannot grow old in silence.
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
 * That the README of the package has this run as it went, and a badge that fits its tables. A README without the marks
 * tells nothing, and nothing can be wrong.
 *
 * @throws Error saying what to run.
 */
export async function assertReadmeIsUpToDate(writing: ReportWriting): Promise<void> {
  const { folder } = await packageAround(writing.module);
  const path = join(folder, 'README.md');
  const section = sectionOf((await readTextFile(path)) ?? '');
  if (section === undefined) return;
  const { name, kit } = writing;
  if (!section.includes(renderRun(runReportOf(writing))))
    throw new Error(
      `expected the table of ${name} (${kit.port}) in ${path} to say what was found: ${ADVICE}`,
    );
  const passed = [...section.matchAll(SUMMARY)].reduce((sum, [, count]) => sum + Number(count), 0);
  if (!section.includes(renderBadge(passed, 0)))
    throw new Error(`expected the badge in ${path} to say ${passed} passed: ${ADVICE}`);
}
