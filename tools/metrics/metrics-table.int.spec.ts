import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { METRICS } from '@millrace/observe';
import { format, resolveConfig } from 'prettier';
import { expect, it } from 'vitest';
import { METRICS_PAGE, withMetricsTable } from './metrics-table.ts';

const FILE = join(fileURLToPath(new URL('../..', import.meta.url)), METRICS_PAGE);

it('is the table of today (else run tools/metrics/render.ts)', async () => {
  const page = readFileSync(FILE, 'utf8');
  const renewed = withMetricsTable(page, METRICS);
  expect(page).toBe(await format(renewed, { ...(await resolveConfig(FILE)), filepath: FILE }));
});

it('has a row for a metric, with the name in Prometheus', () => {
  const page = '# Title\n<!-- metrics: begin -->\nold\n<!-- metrics: end -->\nrest';
  const metric = {
    name: 'a.b',
    kind: 'counter',
    unit: 'By',
    labels: ['x', 'y'],
    help: 'One | two.',
  } as const;
  const row = String.raw`| ${'`a.b`'} | counter | ${'`By`'} | x, y | ${'`a_b_bytes_total`'} | One \| two. |`;
  expect(withMetricsTable(page, [metric])).toContain(row);
  expect(withMetricsTable(page, [metric])).not.toContain('old');
});

it('refuses a page without markers', () => {
  expect(() => withMetricsTable('# Title', METRICS)).toThrow('no markers');
});
