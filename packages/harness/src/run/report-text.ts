// A run as text and tables, alone or beside an earlier run.
import { formatNumber } from '../report/format-number.ts';
import { type Phase, PHASES } from './phase-recorders.ts';
import type { WorkloadReport } from './workload-report.ts';

/** A table of a report. */
export interface ReportTable {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const MIB = 2 ** 20;

/** All tables. With an earlier run, each figure stands beside the earlier figure and the change. */
export function reportTables(now: WorkloadReport, before?: WorkloadReport): readonly ReportTable[] {
  return [
    { title: 'Run', head: ['', ''], rows: headRows(now) },
    figureTable('Throughput', throughput(now), before && throughput(before)),
    figureTable('Records', records(now), before && records(before)),
    phaseTable(now),
    ...(before === undefined ? [] : [comparedPhases(now, before)]),
    figureTable('Cost', cost(now), before && cost(before)),
  ];
}

type Figure = readonly [name: string, value: number, unit: string];

function headRows({ asked, machine, node, startedAt, measuredMs, stop, wasInterrupted }: WorkloadReport) {
  const { load } = asked;
  const burst =
    load.burst && `, × ${load.burst.factor} for ${load.burst.lengthMs} ms every ${load.burst.everyMs} ms`;
  const failures = load.failEveryMs === undefined ? '' : `, a failure every ${load.failEveryMs} ms`;
  return [
    ['name', asked.name],
    ['machine', machine],
    ['node', node],
    ['started', startedAt],
    ['measured', `${(measuredMs / 1_000).toFixed(1)} s${wasInterrupted ? ', ended early' : ''}`],
    ['batches', `every ${asked.batchIntervalMs} ms`],
    ['executors', asked.master ?? 'local'],
    ...(asked.receivers === undefined ? [] : [['receivers', asked.receivers.join(', ')] as const]),
    ...(asked.receivers !== undefined
      ? []
      : [
          [
            'load',
            `${formatNumber(load.recordsPerSecond)} records/s of ${load.recordBytes} bytes from ${load.receivers} receivers, ` +
              `${load.keys} keys, skew ${load.skew}${burst ?? ''}${failures}`,
          ] as const,
        ]),
    ['stop', stop],
  ] as const;
}

function throughput({ throughput: of, asked }: WorkloadReport): readonly Figure[] {
  return [
    ...(asked.receivers === undefined ? [['intended', of.intendedPerSecond, 'records/s'] as const] : []),
    ['stored', of.storedPerSecond, 'records/s'],
    ['processed', of.processedPerSecond, 'records/s'],
    ['blocks', of.blocksPerSecond, 'blocks/s'],
    ['bytes', of.bytesPerSecond / 1e6, 'MB/s'],
  ];
}

function records({ records: of, batches, failures, receiverErrors }: WorkloadReport): readonly Figure[] {
  return [
    ['sent', of.sent, 'records'],
    ['processed', of.processed, 'records'],
    ['lost', of.lost, 'records'],
    ['repeated', of.repeated, 'records'],
    ['batches', batches.completed, 'batches'],
    ['longer than the interval', batches.late, 'batches'],
    ['not succeeded', batches.failed, 'batches'],
    ['requested failures', failures, 'failures'],
    ['receiver errors', receiverErrors, 'errors'],
  ];
}

function cost({ cost: of }: WorkloadReport): readonly Figure[] {
  return [
    ['processors', of.cores, 'cores'],
    ['heap, mean', of.heapMeanBytes / MIB, 'MiB'],
    ['heap, most', of.heapMaxBytes / MIB, 'MiB'],
    ['memory, most', of.rssMaxBytes / MIB, 'MiB'],
    ['garbage collection', of.gcTotalMs, 'ms'],
    ['longest pause', of.gcPauses.max, 'ms'],
    ['collections of the old heap', of.majorCollections, 'collections'],
  ];
}

function figureTable(title: string, now: readonly Figure[], before?: readonly Figure[]): ReportTable {
  if (before === undefined) {
    return {
      title,
      head: ['', '', ''],
      rows: now.map(([name, value, unit]) => [name, formatNumber(value), unit]),
    };
  }
  return {
    title,
    head: ['', 'before', 'now', 'change', ''],
    rows: now.map(([name, value, unit]) => {
      const earlier = before.find(([other]) => other === name)?.[1];
      if (earlier === undefined) return [name, '', formatNumber(value), '', unit];
      return [name, formatNumber(earlier), formatNumber(value), change(earlier, value), unit];
    }),
  };
}

function phaseTable({ phases }: WorkloadReport): ReportTable {
  return {
    title: 'Delays in milliseconds',
    head: ['phase', 'p50', 'p90', 'p99', 'p99.9', 'max', 'of'],
    rows: measuredPhases(phases).map((phase) => {
      const { p50, p90, p99, p999, max, count } = phases[phase];
      return [phase, ...[p50, p90, p99, p999, max].map(formatNumber), formatNumber(count)];
    }),
  };
}

function comparedPhases(now: WorkloadReport, before: WorkloadReport): ReportTable {
  return {
    title: 'Delays before and now, in milliseconds',
    head: ['phase', 'p50 before', 'now', 'change', 'p99 before', 'now', 'change'],
    rows: measuredPhases(now.phases).map((phase) => {
      const [was, is] = [before.phases[phase], now.phases[phase]];
      const cells = (name: 'p50' | 'p99') => [
        formatNumber(was[name]),
        formatNumber(is[name]),
        change(was[name], is[name]),
      ];
      return [phase, ...cells('p50'), ...cells('p99')];
    }),
  };
}

/** The phases with delays: of the records of one's own receiver neither the intended nor the storing time is known. */
function measuredPhases(phases: WorkloadReport['phases']): readonly Phase[] {
  return PHASES.filter((phase) => phases[phase].count > 0);
}

function change(before: number, now: number): string {
  if (before === now) return '=';
  if (before === 0 || !Number.isFinite(before)) return '';
  const percent = (now / before - 1) * 100;
  return `${percent > 0 ? '+' : ''}${percent.toFixed(Math.abs(percent) < 10 ? 1 : 0)} %`;
}
