// Renews the table of metrics: node --conditions=millrace:source tools/metrics/render.ts
import { readFileSync, writeFileSync } from 'node:fs';
import { METRICS } from '@millrace/observe';
import { format, resolveConfig } from 'prettier';
import { METRICS_PAGE, withMetricsTable } from './metrics-table.ts';

const renewed = withMetricsTable(readFileSync(METRICS_PAGE, 'utf8'), METRICS);
writeFileSync(
  METRICS_PAGE,
  await format(renewed, { ...(await resolveConfig(METRICS_PAGE)), filepath: METRICS_PAGE }),
);
console.log(METRICS_PAGE);
