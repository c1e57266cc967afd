// A run as a page that is one file, with plots: bars where contenders are compared, curves where something grows, and
// percentiles where delays are.
import { barChart, type Curve, escapeText, htmlPage, htmlTable, lineChart } from 'millrace-bench/report';
import type { RunResult, SuiteResult } from '../runner/run-result.ts';
import type { WorkloadResult } from '../runner/run-workload.ts';
import type { Metric } from '../runner/suite.ts';
import type { Comparison } from './comparison.ts';
import {
  budgetTable,
  designTable,
  figureTable,
  headRows,
  movementTable,
  type Table,
} from './report-tables.ts';

/** The whole page. */
export function htmlReport(run: RunResult, comparison: Comparison): string {
  return htmlPage('Benchmarks of Millrace', [
    table({ head: ['', ''], rows: headRows(run) }),
    '<h2>Performance budget</h2>',
    table(designTable(run)),
    `<h2>Since the baseline</h2><p>${escapeText(comparison.title)}</p>`,
    comparison.movements.length === 0 ? '' : table(movementTable(comparison.movements)),
    ...run.suites.map(suiteSection),
    ...run.absent.map(
      ({ suite, reason }) => `<h2>${escapeText(suite)}</h2><p>Not run: ${escapeText(reason)}</p>`,
    ),
  ]);
}

function suiteSection(suite: SuiteResult): string {
  const budgets = budgetTable(suite);
  return [
    `<h2>${escapeText(suite.suite)}</h2><p>${escapeText(suite.purpose)}.</p>`,
    ...charts(suite),
    table(figureTable(suite)),
    budgets.rows.length === 0 ? '' : table(budgets),
  ].join('\n');
}

function charts(suite: SuiteResult): string[] {
  const plain = suite.metrics.filter(({ percentile }) => percentile === undefined);
  const families = [...new Set(suite.metrics.flatMap(({ family }) => family ?? []))];
  return [
    ...plain.map((metric) => (suite.axis === undefined ? bars(suite, metric) : growth(suite, metric))),
    ...families.map((family) => percentiles(suite, family)),
  ];
}

function bars({ suite, workloads }: SuiteResult, { name, unit }: Metric): string {
  const groups = workloads.map(({ workload, cases }) => ({
    name: workload,
    bars: cases.flatMap(({ name: contender, metrics }) => {
      const found = metrics[name];
      return found === undefined ? [] : [{ label: contender, ...found.summary }];
    }),
  }));
  return barChart({ title: `${suite}: ${name}`, unit: name === 'rate' ? unit : `${name}, ${unit}`, groups });
}

function growth({ suite, axis, workloads }: SuiteResult, { name, unit }: Metric): string {
  const curves = namesOf(workloads).map((contender): Curve => {
    const points = workloads.flatMap(({ at, cases }) => {
      const found = cases.find((one) => one.name === contender)?.metrics[name];
      if (found === undefined || at === undefined) return [];
      const { median, least, most } = found.summary;
      return [{ x: at, y: median, least, most }];
    });
    return { name: contender, points };
  });
  return lineChart({
    title: `${suite}: ${name}`,
    x: axis ?? { name: '', scale: 'linear' },
    y: { name: `${name}, ${unit}`, scale: 'linear' },
    curves,
  });
}

function percentiles({ suite, metrics, workloads }: SuiteResult, family: string): string {
  const points = metrics.filter((metric) => metric.family === family);
  const curves = workloads.flatMap(({ workload, cases }) =>
    cases.map(({ name, metrics: found }): Curve => ({
      name: cases.length === 1 ? workload : `${workload}, ${name}`,
      points: points.flatMap(({ name: metric, percentile = 0 }) => {
        const summary = found[metric]?.summary;
        return summary === undefined ? [] : [{ x: percentile, y: summary.median }];
      }),
    })),
  );
  return lineChart({
    title: `${suite}: ${family}`,
    x: { name: 'of all, in steps of ten times rarer', scale: 'percentile' },
    y: { name: `${family}, ms`, scale: 'log' },
    curves,
  });
}

function namesOf(workloads: readonly WorkloadResult[]): string[] {
  return [...new Set(workloads.flatMap(({ cases }) => cases.map(({ name }) => name)))];
}

function table({ head, rows }: Table): string {
  return htmlTable(head, rows);
}
