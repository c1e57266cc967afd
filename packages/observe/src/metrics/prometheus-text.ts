// The text format of Prometheus, version 0.0.4.
import type { HistogramValue, MetricPoint } from './metric-series.ts';
import type { MetricValues } from './metric-values.ts';
import { prometheusName } from './prometheus-name.ts';

/** The content type of the text. */
export const PROMETHEUS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** The text of some metrics: HELP, TYPE and the values. Metrics without values are left out. */
export function prometheusText(metrics: readonly MetricValues[]): string {
  const lines: string[] = [];
  for (const { definition, points } of metrics) {
    if (points.length === 0) continue;
    const name = prometheusName(definition);
    lines.push(`# HELP ${name} ${escapeHelp(definition.help)}`, `# TYPE ${name} ${definition.kind}`);
    for (const point of points) {
      for (const line of linesOf(name, definition.labels, point)) lines.push(line);
    }
  }
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

function linesOf(name: string, labelNames: readonly string[], point: MetricPoint): readonly string[] {
  const labels = labelNames.map((label, index) => `${label}="${escapeLabel(point.labels[index] ?? '')}"`);
  if (point.histogram !== undefined) return histogramLines(name, labels, point.histogram);
  return [`${name}${braced(labels)} ${numberText(point.value ?? 0)}`];
}

/** Buckets of Prometheus are cumulative. */
function histogramLines(
  name: string,
  labels: readonly string[],
  histogram: HistogramValue,
): readonly string[] {
  const { bounds, counts, count, sum } = histogram;
  let below = 0;
  const buckets = bounds.map((bound, index) => {
    below += counts[index] ?? 0;
    return `${name}_bucket${braced([...labels, `le="${numberText(bound)}"`])} ${below}`;
  });
  return [
    ...buckets,
    `${name}_bucket${braced([...labels, 'le="+Inf"'])} ${count}`,
    `${name}_sum${braced(labels)} ${numberText(sum)}`,
    `${name}_count${braced(labels)} ${count}`,
  ];
}

function braced(labels: readonly string[]): string {
  return labels.length === 0 ? '' : `{${labels.join(',')}}`;
}

function numberText(value: number): string {
  return String(value);
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', String.raw`\\`).replaceAll('\n', String.raw`\n`);
}

function escapeLabel(text: string): string {
  return escapeHelp(text).replaceAll('"', String.raw`\"`);
}
