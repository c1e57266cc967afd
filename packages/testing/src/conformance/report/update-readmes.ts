// Updates READMEs from the reports beside them.
import { dirname, join } from 'node:path';
import type { ConformanceReport } from './conformance-report.ts';
import { renderReport } from './guarantee-table.ts';
import { withSection } from './readme-section.ts';
import { readTextFile, writeTextFile } from './whole-text-files.ts';
import { REPORT_FILE } from './write-report.ts';

/** The result of updating a README. */
export interface UpdatedReadme {
  readonly path: string;
  readonly hasChanged: boolean;
  /** The number of failed checks in the report. */
  readonly failed: number;
}

/**
 * Writes the badge and table of `conformance.json` into the README beside the report.
 *
 * @throws Error when the README, its marks or the report are missing.
 */
export async function updateReadme(path: string): Promise<UpdatedReadme> {
  const readme = await readTextFile(path);
  if (readme === undefined) throw new Error(`expected a README at ${path}`);
  const file = join(dirname(path), REPORT_FILE);
  const text = await readTextFile(file);
  if (text === undefined) {
    throw new Error(`expected a report at ${file}: run the tests with MILLRACE_CONFORMANCE_REPORT=1 first`);
  }
  const report = JSON.parse(text) as ConformanceReport;
  const updated = withSection(readme, renderReport(report));
  if (updated !== readme) await writeTextFile(path, updated);
  const failed = report.runs.flatMap(({ checks }) => checks).filter(({ result }) => result === 'failed');
  return { path, hasChanged: updated !== readme, failed: failed.length };
}
