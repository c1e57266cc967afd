import parse, { type ParsedMetric } from 'parse-prometheus-text-format';
import { expect, it } from 'vitest';
import { busyEngine, HARD_NAME } from '../../test/busy-engine.ts';
import { anyInput, VirtualEngine } from '../../test/virtual-engine.ts';
import { METRICS } from './metric-table.ts';
import { MetricSeries } from './metric-series.ts';
import { prometheusName } from './prometheus-name.ts';
import { prometheusText } from './prometheus-text.ts';

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;

async function parsed(): Promise<ReadonlyMap<string, ParsedMetric>> {
  const { observer } = await busyEngine();
  return new Map(parse(observer.prometheus()).map((metric) => [metric.name, metric]));
}

it('gives a parser every metric of the table, with type, help and labels', async () => {
  const text = (await busyEngine()).observer.prometheus();
  const metrics = new Map(parse(text).map((metric) => [metric.name, metric]));
  expect([...metrics.keys()].toSorted()).toEqual(METRICS.map(prometheusName).toSorted());
  for (const { kind, labels, help, ...rest } of METRICS) {
    const name = prometheusName({ kind, ...rest });
    expect(name).toMatch(NAME);
    const metric = metrics.get(name);
    expect(metric).toMatchObject({ name, type: kind.toUpperCase(), help });
    // The parser drops the labels of histograms.
    if (kind === 'histogram') {
      const pairs = labels.map((label) => `${label}="(?:[^"\\\\]|\\\\.)+"`).join(',');
      expect(text).toMatch(new RegExp(`^${name}_count${labels.length === 0 ? '' : `\\{${pairs}\\}`} `, 'm'));
      continue;
    }
    for (const { labels: found = {} } of metric?.metrics ?? [])
      expect([name, ...Object.keys(found).toSorted()]).toEqual([name, ...[...labels].toSorted()]);
  }
});

it('writes names that are hard to escape', async () => {
  const metrics = await parsed();
  expect(metrics.get('millrace_stream_records_total')?.metrics).toEqual([
    { value: '100', labels: { stream: HARD_NAME } },
  ]);
  expect(metrics.get('millrace_output_retries_total')?.metrics).toEqual([
    { value: '9', labels: { output: HARD_NAME } },
  ]);
});

it('writes values in base units', async () => {
  const metrics = await parsed();
  const valueOf = (name: string): string | undefined => metrics.get(name)?.metrics[0]?.value;
  expect(valueOf('millrace_batch_interval_seconds')).toBe('1');
  expect(valueOf('millrace_batch_oldest_delay_seconds')).toBe('1.5');
  expect(valueOf('millrace_receiver_rate_limit_per_second')).toBe('500');
  expect(valueOf('millrace_receiver_lag')).toBe('40');
  expect(valueOf('millrace_checkpoint_size_bytes')).toBe('345');
  expect(valueOf('millrace_checkpoint_age_seconds')).toBe('10');
  expect(valueOf('millrace_watermark_lag_seconds')).toBe('10');
  expect(metrics.get('millrace_log_sync_duration_seconds')?.metrics).toContainEqual({
    value: '0.02',
    labels: { executor: 'executor-1', statistic: 'p99' },
  });
  expect(metrics.get('millrace_verdict')?.metrics.filter(({ value }) => value === '1')).toHaveLength(1);
});

it('writes cumulative buckets with a count and a sum', async () => {
  const [histogram] = (await parsed()).get('millrace_batch_processing_duration_seconds')?.metrics ?? [];
  expect(histogram).toMatchObject({ count: '10', sum: '3' });
  expect(histogram?.buckets).toMatchObject({ '0.25': '0', '0.5': '10', '60': '10', '+Inf': '10' });
  expect(Object.keys(histogram?.buckets ?? {})).toHaveLength(15);
});

it('has the buckets of the options', async () => {
  const engine = new VirtualEngine({ options: { buckets: [0.2, 0.4] } });
  await engine.runMany(3);
  expect(engine.observer.prometheus()).toContain('millrace_batch_total_delay_seconds_bucket{le="0.4"} 3');
});

it('bounds the values of a label, and sums the others', async () => {
  const engine = new VirtualEngine();
  const inputs = Array.from({ length: 150 }, (_, streamId) =>
    anyInput({ streamId, streamName: `s${streamId}` }),
  );
  await engine.runMany(2, () => ({ inputs }));
  const metrics = parse(engine.observer.prometheus());
  const series = metrics.find(({ name }) => name === 'millrace_stream_records_total')?.metrics ?? [];
  expect(series).toHaveLength(101);
  expect(series.at(-1)).toEqual({ value: String(50 * 20), labels: { stream: 'other' } });
});

it('sums streams of one name, and takes the largest where a sum means nothing', () => {
  const definition = { name: 'a', kind: 'gauge', unit: '1', labels: ['x'], help: '' } as const;
  const sum = new MetricSeries(definition);
  const largest = new MetricSeries({ ...definition, merge: 'max' });
  for (const series of [sum, largest]) {
    series.add(3, 'one');
    series.add(4, 'one');
    series.add(undefined, 'two');
    series.add(Number.NaN, 'two');
  }
  expect(sum.points).toEqual([{ labels: ['one'], value: 7 }]);
  expect(largest.points).toEqual([{ labels: ['one'], value: 4 }]);
});

it('leaves out metrics without values', () => {
  const definition = { name: 'a.b', kind: 'counter', unit: '{x}', labels: [], help: 'One\ntwo \\.' } as const;
  expect(prometheusText([{ definition, points: [] }])).toBe('');
  expect(prometheusText([{ definition, points: [{ labels: [], value: 1 }] }])).toBe(
    '# HELP a_b_total One\\ntwo \\\\.\n# TYPE a_b_total counter\na_b_total 1\n',
  );
});

it.each([
  ['millrace.batch.processing.duration', 'histogram', 's', 'millrace_batch_processing_duration_seconds'],
  ['millrace.batch.completed', 'counter', '{batch}', 'millrace_batch_completed_total'],
  ['millrace.stream.bytes', 'counter', 'By', 'millrace_stream_bytes_total'],
  ['millrace.receiver.rate_limit', 'gauge', '{record}/s', 'millrace_receiver_rate_limit_per_second'],
  ['millrace.blocks.stored', 'gauge', 'By', 'millrace_blocks_stored_bytes'],
  ['millrace.receiver.active', 'gauge', '{receiver}', 'millrace_receiver_active'],
] as const)('names %s (%s, %s) %s', (name, kind, unit, expected) => {
  expect(prometheusName({ name, kind, unit })).toBe(expected);
});

it('has no label for batches or keys', () => {
  const labels = new Set<string>(METRICS.flatMap((metric) => metric.labels));
  expect([...labels].toSorted()).toEqual([
    'executor',
    'kind',
    'level',
    'operator',
    'outcome',
    'output',
    'phase',
    'rerun',
    'statistic',
    'stream',
  ]);
});
