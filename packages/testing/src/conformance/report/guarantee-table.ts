// Renders a report for a README: a badge, and for each implementation a collapsible table of proven guarantees.
// Durations and dates are left out, so the text changes only with the results.
import type { ConformanceReport, ConformanceRunReport, ReportedCheck } from './conformance-report.ts';

const RESULTS = {
  passed: 'passed',
  failed: '**failed**',
  'not-applicable': 'does not apply',
  'left-out': 'left out',
} as const satisfies Record<ReportedCheck['result'], string>;

/** The badge and the tables of a report, as Markdown that formatters leave unchanged. */
export function renderReport(report: ConformanceReport): string {
  const checks = report.runs.flatMap((run) => run.checks);
  return [
    '<!-- prettier-ignore-start -->',
    renderBadge(count(checks, 'passed'), count(checks, 'failed')),
    ...report.runs.map(renderRun),
    '<!-- prettier-ignore-end -->',
  ].join('\n\n');
}

/** The badge with these counts. */
export function renderBadge(passed: number, failed: number): string {
  const text = failed === 0 ? `${passed} passed` : `${failed} failed`;
  const colour = failed === 0 ? 'brightgreen' : 'red';
  const label = `${text.replaceAll(' ', '%20')}-${colour}`;
  return `![conformance: ${text}](https://img.shields.io/badge/conformance-${label})`;
}

/** The README part of one run: a collapsible section. */
export function renderRun({ port, name, kitVersion, checks, notCheckable }: ConformanceRunReport): string {
  const summary = [
    `<b>${name}</b>, kit <code>${port}</code> version ${kitVersion}: ${count(checks, 'passed')} of ${checks.length} checks passed`,
    ...(['failed', 'not-applicable', 'left-out'] as const).flatMap((result) => {
      const number = count(checks, result);
      return number === 0 ? [] : [`${number} ${RESULTS[result].replaceAll('*', '')}`];
    }),
  ].join(', ');
  const rows = checks.map(
    ({ number, title, promises, result, why }) =>
      `| ${number} | ${[title, ...promises.map((id) => `\`${id}\``)].map(cell).join(' ')} | ${outcome(result, why)} |`,
  );
  const rules = notCheckable.map(({ rule, why }) => `${rule} (${why})`).join('; ');
  return [
    '<details>',
    `<summary>${summary}</summary>`,
    '',
    '| check | proven guarantee | result |',
    '| --- | --- | --- |',
    ...rows,
    ...(rules === '' ? [] : ['', `Not checkable: ${rules}.`]),
    '',
    '</details>',
  ].join('\n');
}

function outcome(result: ReportedCheck['result'], why: string | undefined): string {
  const isTold = why !== undefined && result !== 'failed' && result !== 'passed';
  return isTold ? `${RESULTS[result]}: ${cell(why)}` : RESULTS[result];
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function count(checks: readonly ReportedCheck[], result: ReportedCheck['result']): number {
  return checks.filter((check) => check.result === result).length;
}
