// The table of metrics in the README of @millrace/observe, between `<!-- metrics: begin -->` and `<!-- metrics: end -->`: a row
// for each metric, from the table of the package.
import { prometheusName, type MetricDefinition } from '@millrace/observe';

const SECTION = /(<!-- metrics: begin -->\n)[^]*?(<!-- metrics: end -->)/;

/** The page with the table, from the root of the repository. */
export const METRICS_PAGE = 'packages/observe/README.md';

/**
 * The page with the table renewed. Not formatted.
 *
 * @throws Error for a page without the markers.
 */
export function withMetricsTable(page: string, metrics: readonly MetricDefinition[]): string {
  if (!SECTION.test(page))
    throw new Error('the page has no markers <!-- metrics: begin --> and <!-- metrics: end -->');
  return page.replace(SECTION, (_, begin: string, end: string) => `${begin}\n${tableOf(metrics)}\n\n${end}`);
}

function tableOf(metrics: readonly MetricDefinition[]): string {
  const rows = metrics.map((metric) => {
    const { name, kind, unit, labels, help } = metric;
    const cells = [
      `\`${name}\``,
      kind,
      `\`${unit}\``,
      labels.join(', '),
      `\`${prometheusName(metric)}\``,
      help,
    ];
    return cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ');
  });
  return [
    'name | kind | unit | labels | in Prometheus | meaning',
    '--- | --- | --- | --- | --- | ---',
    ...rows,
  ]
    .map((row) => `| ${row} |`)
    .join('\n');
}
