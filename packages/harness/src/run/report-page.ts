// The report of a run as a page in a single file: tables, delays of each phase by percentile, and batches over time.
import { escapeText, htmlPage, htmlTable, lineChart } from '../report/index.ts';
import { PHASES } from './phase-recorders.ts';
import { reportTables } from './report-text.ts';
import type { BatchPoint, WorkloadReport } from './workload-report.ts';

/** The page of a run, or of two. */
export function reportPage(now: WorkloadReport, before?: WorkloadReport): string {
  const [head, ...tables] = reportTables(now, before).map(
    ({ title, head: names, rows }) => `<h2>${escapeText(title)}</h2>${htmlTable(names, rows)}`,
  );
  return htmlPage(`Millrace under load: ${now.asked.name}`, [
    head ?? '',
    ...tables.slice(0, 2),
    '<h2>Delays by percentile</h2>',
    percentileChart(now, before),
    ...tables.slice(2),
    '<h2>Batches over time</h2>',
    timeChart(now, 'total delay, ms', ({ totalMs }) => totalMs),
    timeChart(now, 'processing, ms', ({ processingMs }) => processingMs),
    timeChart(now, 'records in a batch', ({ records }) => records),
    `<h2>Engine</h2><pre>${escapeText(now.engine)}</pre>`,
  ]);
}

function percentileChart(now: WorkloadReport, before?: WorkloadReport): string {
  const curvesOf = (
    { phases }: WorkloadReport,
    label: string,
    names = PHASES as readonly (typeof PHASES)[number][],
  ) =>
    names.map((phase) => ({
      name: `${phase}${label}`,
      points: phases[phase].curve.map(({ percentile, ms }) => ({ x: percentile, y: ms })),
    }));
  return lineChart({
    title: 'delays by percentile',
    x: { name: 'share of all delays, in steps ten times rarer', scale: 'percentile' },
    y: { name: 'ms', scale: 'log' },
    curves: [
      ...curvesOf(now, before === undefined ? '' : ', now'),
      ...(before === undefined ? [] : curvesOf(before, ', before', ['total'])),
    ],
  });
}

function timeChart(now: WorkloadReport, name: string, valueOf: (point: BatchPoint) => number): string {
  return lineChart({
    title: name,
    x: { name: 'seconds', scale: 'linear' },
    y: { name, scale: 'linear' },
    curves: [{ name, points: now.timeLine.map((point) => ({ x: point.atSeconds, y: valueOf(point) })) }],
  });
}
