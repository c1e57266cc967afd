// A run as a page in a single file, with plots: bars for contenders, curves for growth, and percentiles for delays.
import { barChart, type Curve, escapeText, htmlPage, htmlTable, lineChart } from '@millrace/harness/report';
import type { RunResult, SuiteResult } from '../runner/run-result.ts';
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

/** A curve for each contender over the workloads, or for each workload over its contenders. */
function growth({ suite, axis, workloads }: SuiteResult, { name, unit }: Metric): string {
  const points = workloads.flatMap(({ workload, at, cases }) =>
    cases.flatMap((one) => {
      const found = one.metrics[name];
      const x = one.at ?? at;
      if (found === undefined || x === undefined) return [];
      const { median, least, most } = found.summary;
      return [{ curve: one.at === undefined ? one.name : workload, point: { x, y: median, least, most } }];
    }),
  );
  const names = [...new Set(points.map(({ curve }) => curve))];
  return lineChart({
    title: `${suite}: ${name}`,
    x: axis ?? { name: '', scale: 'linear' },
    y: { name: `${name}, ${unit}`, scale: 'linear' },
    curves: names.map((curve): Curve => ({
      name: curve,
      points: points.filter((one) => one.curve === curve).map(({ point }) => point),
    })),
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
    x: { name: 'percentile (p99: 99 % of the delays are shorter)', scale: 'percentile' },
    y: { name: `${family}, ms`, scale: 'log' },
    curves,
  });
}

function table({ head, rows }: Table): string {
  return htmlTable(head, rows);
}
