// The public names of @millrace/harness/report: charts, tables and pages for custom reports.
export { barChart } from './bar-chart.ts';
export type { Bar, BarChartOptions, BarGroup } from './bar-chart.ts';
export { lineChart } from './line-chart.ts';
export type { Curve, CurvePoint, LineChartOptions } from './line-chart.ts';
export type { AxisScale } from './axis.ts';
export { formatNumber, formatSpread } from './format-number.ts';
export { eitherWidth, htmlPage } from './html-page.ts';
export { htmlTable, markdownTable } from './html-table.ts';
export { escapeText } from './svg.ts';
