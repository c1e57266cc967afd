// A run as Markdown: for a terminal, a file, or a README.
import { markdownTable } from '@millrace/harness/report';
import type { RunResult, SuiteResult } from '../runner/run-result.ts';
import type { Comparison } from './comparison.ts';
import {
  budgetTable,
  designTable,
  figureTable,
  headRows,
  movementTable,
  type Table,
} from './report-tables.ts';

/** The lines before all results. */
export function headLines(run: RunResult): string[] {
  return headRows(run).map(([name, value]) => `${name.padEnd(8)} ${value}`);
}

/** One suite: figures, then budgets. */
export function suiteLines(result: SuiteResult): string[] {
  const budgets = budgetTable(result);
  return [
    ...tableLines(figureTable(result)),
    ...(budgets.rows.length === 0 ? [] : ['', ...tableLines(budgets)]),
    '',
    `took ${durationText(result.tookSeconds)}`,
  ];
}

/** Formats a duration like `9 min 5 s`. */
export function durationText(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** The lines of the design's budget: all lines, or only the measured ones. */
export function designLines(run: RunResult, measuredOnly = false): string[] {
  const table = designTable(run, measuredOnly);
  return table.rows.length === 0 ? [] : tableLines(table);
}

/** The changes since the baseline. */
export function comparisonLines({ title, movements }: Comparison): string[] {
  return [title, ...(movements.length === 0 ? [] : ['', ...tableLines(movementTable(movements))])];
}

/** The whole report. */
export function markdownReport(run: RunResult, comparison: Comparison): string {
  const sections = [
    ['# Benchmarks of Millrace', ...tableLines({ head: ['', ''], rows: headRows(run) })],
    ['## Performance budget', ...designLines(run)],
    ['## Since the baseline', ...comparisonLines(comparison)],
    ...run.suites.map((suite) => [`## ${suite.suite}`, `${suite.purpose}.`, '', ...suiteLines(suite)]),
    ...(run.absent.length === 0
      ? []
      : [['## Not run', ...run.absent.map(({ suite, reason }) => `- ${suite}: ${reason}`)]]),
  ];
  return `${sections.map(([heading, ...lines]) => [heading, '', ...lines].join('\n')).join('\n\n')}\n`;
}

function tableLines({ head, rows }: Table): string[] {
  return markdownTable(head, rows);
}
