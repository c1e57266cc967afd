// The report of a run as a page in a single file: tables, delays of each phase by percentile, and the course over time.
import {
  eitherWidth,
  escapeText,
  htmlPage,
  htmlTable,
  lineChart,
  type LineChartOptions,
} from '../report/index.ts';
import { type Phase, PHASES } from './phase-recorders.ts';
import { reportTables } from './report-text.ts';
import type { BatchPoint, MomentPoint, WorkloadReport } from './workload-report.ts';

const SECONDS = 'time since the start of the measurement, s';
const MIB = 2 ** 20;

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
    batchDelays(now),
    overTime('Records in a batch', 'records', now.timeLine, ({ records }) => records),
    ...course(now.moments ?? []),
    `<h2>Engine</h2><pre>${escapeText(now.engine)}</pre>`,
  ]);
}

function chart(options: LineChartOptions): string {
  const drawings = (['wide', 'narrow'] as const).map((layout) => lineChart({ ...options, layout }));
  return `<h3>${escapeText(options.title)}</h3>${eitherWidth(drawings[0] ?? '', drawings[1] ?? '')}`;
}

function percentileChart(now: WorkloadReport, before?: WorkloadReport): string {
  const curvesOf = ({ phases }: WorkloadReport, label: string, names: readonly Phase[]) =>
    names
      .filter((phase) => phases[phase].count > 0)
      .map((phase) => ({
        name: `${phase}${label}`,
        points: phases[phase].curve.map(({ percentile, ms }) => ({ x: percentile, y: ms })),
      }));
  return chart({
    title: 'Delay of each phase',
    x: { name: 'percentile (p99: 99 % of the delays are shorter)', scale: 'percentile' },
    y: { name: 'delay, ms', scale: 'log' },
    curves: [
      ...curvesOf(now, before === undefined ? '' : ', now', PHASES),
      ...(before === undefined ? [] : curvesOf(before, ', before', ['total'])),
    ],
  });
}

function batchDelays({ timeLine, asked }: WorkloadReport): string {
  const curve = (name: string, valueOf: (batch: BatchPoint) => number) => ({
    name,
    points: timeLine.map((batch) => ({ x: batch.atSeconds, y: valueOf(batch) })),
  });
  return chart({
    title: 'Delay of each batch',
    x: { name: SECONDS, scale: 'linear' },
    y: { name: 'delay, ms', scale: 'linear' },
    curves: [
      curve('total', ({ totalMs }) => totalMs),
      curve('processing', ({ processingMs }) => processingMs),
      curve('scheduling', ({ schedulingMs }) => schedulingMs),
    ],
    levels: [{ name: 'batch interval', y: asked.batchIntervalMs }],
  });
}

/** The course of the measurement between batches; nothing for a report without moments. */
function course(moments: readonly MomentPoint[]): string[] {
  if (moments.length === 0) return [];
  const limits = moments.filter(({ limitPerSecond }) => limitPerSecond !== undefined);
  return [
    '<h2>Course of the measurement</h2>',
    overTime('Blocks', 'blocks/s', moments, ({ blocksPerSecond }) => blocksPerSecond),
    overTime('Stored records', 'records/s', moments, ({ recordsPerSecond }) => recordsPerSecond),
    limits.length === 0
      ? '<h3>Rate limit of the receivers</h3><p>No rate limit was set.</p>'
      : overTime(
          'Rate limit of the receivers',
          'records/s',
          limits,
          ({ limitPerSecond = 0 }) => limitPerSecond,
        ),
    overTime('Heap', 'MiB', moments, ({ heapBytes }) => heapBytes / MIB),
    overTime('Delay of the event loop', 'ms', moments, ({ eventLoopDelayMs }) => eventLoopDelayMs),
  ];
}

function overTime<P extends { readonly atSeconds: number }>(
  title: string,
  unit: string,
  points: readonly P[],
  valueOf: (point: P) => number,
): string {
  const curve = { name: unit, points: points.map((point) => ({ x: point.atSeconds, y: valueOf(point) })) };
  return chart({
    title,
    x: { name: SECONDS, scale: 'linear' },
    y: { name: unit, scale: 'linear' },
    curves: [curve],
  });
}
