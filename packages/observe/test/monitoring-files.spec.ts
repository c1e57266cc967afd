// The Grafana dashboard and the alert rules name metrics of the table, with labels that the metrics have.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type MetricDefinition, METRICS, prometheusName } from '../src/index.ts';

const ROOT = join(import.meta.dirname, '..');
const dashboardText = readFileSync(join(ROOT, 'grafana', 'millrace.json'), 'utf8');
const alertsText = readFileSync(join(ROOT, 'prometheus', 'alerts.yml'), 'utf8');

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly h: number; readonly w: number; readonly x: number; readonly y: number };
  readonly targets?: readonly {
    readonly expr: string;
    readonly legendFormat: string;
    readonly refId: string;
  }[];
}
const dashboard = JSON.parse(dashboardText) as {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string }[] };
};
const expressions = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));

/** Every series of the text of metrics, with its metric. */
const SERIES: ReadonlyMap<string, MetricDefinition> = new Map(
  METRICS.flatMap((metric): readonly (readonly [string, MetricDefinition])[] => {
    const name = prometheusName(metric);
    const suffixes = metric.kind === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
    return suffixes.map((suffix) => [name + suffix, metric]);
  }),
);
const seriesIn = (text: string) => [...new Set(text.match(/\bmillrace_\w+/g))];
/** Labels that Prometheus adds, and the label of buckets. */
const OUTER_LABELS = ['job', 'instance', 'le'];

/** The labels in an expression: of selectors, and behind `by`. */
function labelsIn(expression: string): readonly string[] {
  const selected = [...expression.matchAll(/(\w+)(?:=~|!=|!~|=)"/g)].map(([, label]) => label ?? '');
  const grouped = [...expression.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/, */));
  return [...selected, ...grouped];
}

/** The mistakes of an expression. */
function mistakesIn(expression: string): readonly string[] {
  const metrics = seriesIn(expression).map((name) => [name, SERIES.get(name)] as const);
  const unknown = metrics.filter(([, metric]) => metric === undefined).map(([name]) => `no metric ${name}`);
  const labels = new Set([...OUTER_LABELS, ...metrics.flatMap(([, metric]) => metric?.labels ?? [])]);
  return [
    ...unknown,
    ...labelsIn(expression)
      .filter((label) => !labels.has(label))
      .map((label) => `no label ${label}`),
  ];
}

describe('the Grafana dashboard', () => {
  it('names metrics and labels of the table', () => {
    expect(expressions.length).toBeGreaterThan(40);
    expect(expressions.flatMap(mistakesIn)).toEqual([]);
    const legends = dashboard.panels.flatMap(({ targets = [] }) =>
      targets.flatMap(({ expr, legendFormat }) =>
        [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].flatMap(([, label = '']) =>
          labelsIn(expr).includes(label) ? [] : [`${label} of ${expr}`],
        ),
      ),
    );
    expect(legends).toEqual([]);
  });

  it('shows every metric', () => {
    const shown = seriesIn(expressions.join('\n')).map((name) => SERIES.get(name)?.name);
    expect(METRICS.filter(({ name }) => !shown.includes(name)).map(({ name }) => name)).toEqual([]);
  });

  it('has panels with titles and words, side by side, and asks the chosen engines', () => {
    const { panels, templating } = dashboard;
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(templating.list.map(({ name }) => name)).toEqual(['datasource', 'job', 'instance']);
    expect(dashboardText).not.toMatch(/"uid": "(?!\$\{datasource\}|millrace-engine)/);
    for (const { type, title, description = '', gridPos, targets = [] } of panels) {
      expect(title).not.toBe('');
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
      if (type === 'row') continue;
      expect(description).toMatch(/\.$/);
      expect(targets.length).toBeGreaterThan(0);
      for (const { expr } of targets) expect(expr).toContain('{job=~"$job",instance=~"$instance"');
    }
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
  });
});

describe('the alert rules', () => {
  it('name metrics and labels of the table', () => {
    const rules = alertsText.split(/^ {6}- alert: /m).slice(1);
    expect(rules.length).toBeGreaterThan(15);
    for (const rule of rules) {
      const expression = /expr: ([^]*?)\n {8}(?:for|labels):/.exec(rule)?.[1] ?? '';
      expect(expression).toContain('millrace_');
      expect(mistakesIn(expression)).toEqual([]);
      const own = [
        ...OUTER_LABELS,
        ...labelsIn(expression),
        ...seriesIn(expression).flatMap((name) => SERIES.get(name)?.labels ?? []),
      ];
      for (const [, label = ''] of rule.matchAll(/\$labels\.(\w+)/g)) expect(own).toContain(label);
    }
  });
});
