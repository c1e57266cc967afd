// The four timelines, each with the distribution of its values on the same axis. One cursor goes through all.
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { distribution, most, ranks, roundAbove } from '../charts/scale.ts';
import { type ChartContent, type ChartSettings, TimelineChart } from '../charts/timeline-chart.ts';
import { type Address, hrefOf, type Range, RANGES } from '../model/address.ts';
import { axisDuration, axisRate, duration, rate, several } from '../model/format.ts';
import type { Model } from '../model/model.ts';
import type { Columns } from '../model/points.ts';
import { html, type View } from './html.ts';
import { Section, Table, Time } from './parts.ts';

/** Also the height of a histogram in the style sheet. */
const HEIGHT = 96;
const PARTS = 22;
const TABLE_ROWS = 60;
const RANGE_WORDS: Readonly<Record<Range, string>> = { '10m': '10 min', '1h': '1 h', '1d': '1 day' };

type Kind = 'recordsPerSecond' | 'schedulingMs' | 'processingMs' | 'totalMs';

interface Row {
  readonly kind: Kind;
  readonly title: string;
  readonly words: (value: number) => string;
}

const ROWS: readonly Row[] = [
  { kind: 'recordsPerSecond', title: 'Input rate', words: rate },
  { kind: 'schedulingMs', title: 'Scheduling delay', words: duration },
  { kind: 'processingMs', title: 'Processing time', words: duration },
  { kind: 'totalMs', title: 'Total delay', words: duration },
];

/** A chart in the tree of the page. */
export function Chart({
  content,
  settings,
  label,
}: {
  readonly content: ChartContent;
  readonly settings: ChartSettings;
  readonly label: string;
}): View {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<TimelineChart | undefined>(undefined);
  useLayoutEffect(() => {
    if (place.current === null) return undefined;
    chart.current = new TimelineChart(place.current, settings, content);
    return () => chart.current?.destroy();
  }, []);
  useLayoutEffect(() => chart.current?.show(content));
  return html`<div class="chart" role="img" aria-label=${label} ref=${place}></div>`;
}

/** How values lie along the axis of a chart. */
function Histogram({
  values,
  top,
  label,
}: {
  readonly values: readonly number[];
  readonly top: number;
  readonly label: string;
}): View {
  const counts = distribution(values, top, PARTS);
  const largest = Math.max(1, ...counts);
  const step = 100 / PARTS;
  return html`<svg class="histogram" viewBox="0 0 100 100" preserveAspectRatio="none" role="img" aria-label=${label}>
    ${counts.map((number, part) =>
      number === 0
        ? null
        : html`<rect x="0" y=${100 - (part + 1) * step + 0.6} width=${Math.max(1.5, (number / largest) * 100)} height=${step - 1.2} />`,
    )}
  </svg>`;
}

/** The panel. */
export function Timelines({
  model,
  address,
  go,
}: {
  readonly model: Model;
  readonly address: Address;
  readonly go: (href: string) => void;
}): View {
  const [cursor, setCursor] = useState<number | undefined>(undefined);
  const { summary } = model;
  if (summary === undefined || (model.recent.columns.timeMs.length === 0 && summary.totals.batches === 0))
    return null;
  const isDay = address.range === '1d';
  const toMs = Math.max(model.recent.columns.timeMs.at(-1) ?? 0, summary.timeMs - summary.batchIntervalMs);
  const columns = isDay ? dayColumns(model) : model.recent.from(toMs - RANGES[address.range] * 60_000);
  const fromMs = firstTime(columns, toMs, address.range);
  const shownAt = cursor === undefined ? undefined : columns.timeMs[cursor];
  const onClick = (index: number): void => {
    const timeMs = latest.current.timeMs[index];
    if (timeMs !== undefined) go(hrefOf(address, { batch: timeMs }));
  };
  const latest = useRef(columns);
  latest.current = columns;
  const ranges = html`<nav class="choices" aria-label="Range of the timelines">
    ${(Object.keys(RANGES) as Range[]).map(
      (range) =>
        html`<a href=${hrefOf(address, { range })} aria-current=${range === address.range ? 'true' : undefined} key=${range}>${RANGE_WORDS[range]}</a>`,
    )}
  </nav>`;
  const aside = html`<span class="cursor-time">${shownAt === undefined ? null : html`<${Time} ms=${shownAt} intervalMs=${summary.batchIntervalMs} />`}</span>${ranges}`;
  return html`<${Section} id="timelines" title="Timelines" aside=${aside}>
    <div class="timelines">
      ${ROWS.map((row, index) => {
        const isLast = index === ROWS.length - 1;
        return html`<${TimelineRow}
          key=${row.kind}
          ...${{ row, columns, fromMs, toMs, cursor, setCursor, onClick, isLast }}
          intervalMs=${summary.batchIntervalMs}
        />`;
      })}
    </div>
    <${TimelineTable} columns=${columns} intervalMs=${summary.batchIntervalMs} />
  <//>`;
}

interface TimelineRowProps {
  readonly row: Row;
  readonly columns: Columns;
  readonly fromMs: number;
  readonly toMs: number;
  readonly intervalMs: number;
  readonly cursor: number | undefined;
  readonly setCursor: (index: number | undefined) => void;
  readonly onClick: (index: number) => void;
  readonly isLast: boolean;
}

function TimelineRow({
  row,
  columns,
  fromMs,
  toMs,
  intervalMs,
  cursor,
  setCursor,
  onClick,
  isLast,
}: TimelineRowProps): View {
  const { kind, title, words } = row;
  const values = columns[kind];
  const short = kind === 'recordsPerSecond' ? axisRate : words;
  const isRate = kind === 'recordsPerSecond';
  const limits = isRate ? columns.rateLimit : undefined;
  const largest = most(values);
  const lineAt = lineOf(kind, intervalMs, largest, limits);
  const top = roundAbove(Math.max(largest, lineAt ?? 0) * 1.04);
  const [p50 = 0, p95 = 0, p99 = 0, max = 0] = ranks(values, [0.5, 0.95, 0.99, 1]);
  const label = `${title}: median ${words(p50)}, p95 ${words(p95)}, p99 ${words(p99)}, max ${words(max)}`;
  const shown = values[cursor ?? values.length - 1];
  const marks = isLast ? columns.failed.flatMap((failed, index) => (failed > 0 ? [index] : [])) : [];
  const limitNote = noteOf(kind, intervalMs, limits?.[cursor ?? values.length - 1], lineAt);
  const note =
    marks.length > 0
      ? html`<span class="error">▲</span> ${several(marks.length, 'failed batch', 'failed batches')}`
      : limitNote;
  const content: ChartContent = {
    timeMs: columns.timeMs,
    values,
    ...(isRate && limits !== undefined && lineAt !== undefined ? { limit: limits } : {}),
    ...(kind === 'processingMs' && lineAt !== undefined ? { level: intervalMs } : {}),
    marks,
    fromMs,
    toMs,
    most: top,
  };
  const settings: ChartSettings = {
    height: HEIGHT,
    hasTimes: isLast,
    axisText: isRate ? axisRate : axisDuration,
    onCursor: setCursor,
    onClick,
    group: 'timelines',
  };
  return html`<div class=${isLast ? 'timeline last' : 'timeline'}>
    <div class="about">
      <h3>${title}</h3>
      <p class="value">${shown === undefined ? '–' : words(shown)}</p>
      <p class="note">${note}</p>
      <p class="note quantiles"><span>p50 ${short(p50)}</span> <span>p95 ${short(p95)}</span> <span>p99 ${short(p99)}</span> <span>max ${short(max)}</span></p>
    </div>
    <${Chart} content=${content} settings=${settings} label=${label} />
    <${Histogram} values=${values} top=${top} label=${`Distribution of ${title.toLowerCase()}: median ${words(p50)}, p99 ${words(p99)}`} />
  </div>`;
}

/** The height of the dashed line, where the axis would not have to be many times higher for its sake. */
function lineOf(
  kind: Kind,
  intervalMs: number,
  largest: number,
  limits: readonly (number | null)[] | undefined,
): number | undefined {
  const height = kind === 'processingMs' ? intervalMs : limits === undefined ? 0 : most(limits);
  return height > 0 && height <= largest * 4 ? height : undefined;
}

function noteOf(
  kind: Kind,
  intervalMs: number,
  limit: number | null | undefined,
  lineAt: number | undefined,
): string {
  const where = lineAt === undefined ? ', above the chart' : '';
  if (kind === 'processingMs') return `interval ${duration(intervalMs)}${where}`;
  if (kind === 'recordsPerSecond')
    return limit === null || limit === undefined ? 'no limit' : `limit ${rate(limit)}${where}`;
  return '';
}

/** The last hour has a point a batch, the rest of the day a point a minute. */
function dayColumns({ day, recent }: Model): Columns {
  const first = recent.columns.timeMs[0] ?? Number.POSITIVE_INFINITY;
  const old = day.columns;
  const end = old.timeMs.findIndex((timeMs) => timeMs >= first);
  const join = <T>(a: readonly T[], b: readonly T[]): T[] => [...(end === -1 ? a : a.slice(0, end)), ...b];
  const { columns } = recent;
  return {
    timeMs: join(old.timeMs, columns.timeMs),
    failed: join(old.failed, columns.failed),
    recordsPerSecond: join(old.recordsPerSecond, columns.recordsPerSecond),
    rateLimit: join(old.rateLimit, columns.rateLimit),
    schedulingMs: join(old.schedulingMs, columns.schedulingMs),
    processingMs: join(old.processingMs, columns.processingMs),
    totalMs: join(old.totalMs, columns.totalMs),
  };
}

/** A young engine fills the chart from the left; an older one moves through. */
function firstTime({ timeMs }: Columns, toMs: number, range: Range): number {
  const wanted = toMs - RANGES[range] * 60_000;
  return Math.max(wanted, Math.min(timeMs[0] ?? wanted, toMs - 60_000));
}

/** The newest points as a table, for readers who do not see a chart. */
function TimelineTable({
  columns,
  intervalMs,
}: {
  readonly columns: Columns;
  readonly intervalMs: number;
}): View {
  const [isOpen, setOpen] = useState(false);
  const { timeMs, recordsPerSecond, rateLimit, schedulingMs, processingMs, totalMs, failed } = columns;
  const indexes = isOpen
    ? Array.from({ length: Math.min(TABLE_ROWS, timeMs.length) }, (_, index) => timeMs.length - 1 - index)
    : [];
  return html`<details class="as-table" onToggle=${(event: Event) => setOpen((event.target as HTMLDetailsElement).open)}>
    <summary>The newest points as a table</summary>
    <${Table}
      label="Timelines"
      heads=${['Time', '#Input rate', '#Limit', '#Scheduling delay', '#Processing time', '#Total delay', '#Failed batches']}
    >
      ${indexes.map((index) => {
        const limit = rateLimit[index];
        return html`<tr key=${timeMs[index]}>
          <th scope="row"><${Time} ms=${timeMs[index] ?? 0} intervalMs=${intervalMs} /></th>
          <td class="number">${rate(recordsPerSecond[index] ?? 0)}</td>
          <td class="number">${limit === null || limit === undefined ? '–' : rate(limit)}</td>
          <td class="number">${duration(schedulingMs[index] ?? 0)}</td>
          <td class="number">${duration(processingMs[index] ?? 0)}</td>
          <td class="number">${duration(totalMs[index] ?? 0)}</td>
          <td class="number">${failed[index] ?? 0}</td>
        </tr>`;
      })}
    <//>
  </details>`;
}
