// The metrics of an engine as data: the source of the Prometheus text, of the table of the README, and of other exporters.

/** One metric. */
export interface MetricDefinition {
  /** The name in OpenTelemetry, for instance `millrace.batch.processing.duration`. */
  readonly name: string;
  readonly kind: 'counter' | 'gauge' | 'histogram';
  /** The unit in UCUM, for instance `s`, `By` or `{record}`. */
  readonly unit: string;
  readonly labels: readonly string[];
  /** One sentence. */
  readonly help: string;
  /** The value of several series with equal labels: their sum, the default, or the largest. */
  readonly merge?: 'sum' | 'max';
}

/** All metrics, by subject. No label is a batch or a key; each label has at most 100 values, and then `other`. */
export const METRICS = [
  histogram(
    'millrace.batch.processing.duration',
    [],
    'Time from the start of the first job of a batch to the end of its last job.',
  ),
  histogram(
    'millrace.batch.scheduling.delay',
    [],
    'Wait of a batch from its submission to the start of its first job.',
  ),
  histogram('millrace.batch.total.delay', [], 'Time from the due time of a batch to its end.'),
  histogram(
    'millrace.batch.phase.duration',
    ['phase'],
    'Time of a batch in one phase: generator_lag, allocate, generate, queue or process.',
  ),
  counter('millrace.batch.completed', '{batch}', ['outcome', 'rerun'], 'Completed batches.'),
  counter(
    'millrace.batch.skipped_times',
    '{batch}',
    [],
    'Batch times that were skipped because too many were missed.',
  ),
  gauge('millrace.batch.interval', 's', [], 'The batch interval.'),
  gauge(
    'millrace.batch.queued',
    '{batch}',
    [],
    'Batches that were made and are not done, running and held ones included.',
  ),
  gauge('millrace.batch.not_made', '{batch}', [], 'Batches that are due and not made yet.'),
  gauge('millrace.batch.held', '{batch}', [], 'Batches that are held after a failure.'),
  gauge(
    'millrace.batch.oldest.delay',
    's',
    [],
    'Time from the batch time of the oldest unfinished batch to now.',
  ),
  counter('millrace.stream.records', '{record}', ['stream'], 'Records of completed batches.'),
  counter('millrace.stream.bytes', 'By', ['stream'], 'Bytes of completed batches.'),
  counter(
    'millrace.stream.blocks',
    '{block}',
    ['stream'],
    'Blocks, files or queue entries of completed batches.',
  ),
  counter('millrace.stream.left_out', '{record}', ['stream'], 'Records that the codec did not accept.'),
  gauge('millrace.receiver.active', '{receiver}', ['stream'], '1 while the receiver is active, else 0.'),
  gauge('millrace.receiver.rate_limit', '{record}/s', ['stream'], 'The limit on the rate of the receiver.'),
  counter('millrace.receiver.restarts', '{restart}', ['stream'], 'Failures of the receiver.'),
  counter('millrace.receiver.errors', '{error}', ['stream'], 'Errors that the receiver reported.'),
  counter(
    'millrace.receiver.dropped',
    '{record}',
    ['stream'],
    'Records that the source or the receiver dropped since its start.',
  ),
  counter(
    'millrace.receiver.redelivered',
    '{record}',
    ['stream'],
    'Records that the source delivered again since the start of the receiver.',
  ),
  gauge(
    'millrace.receiver.waiting',
    '{record}',
    ['stream'],
    'Stored records that are in no registered block yet.',
  ),
  gauge('millrace.receiver.unacknowledged', '{record}', ['stream'], 'Records that are not acknowledged yet.'),
  gauge(
    'millrace.receiver.lag',
    '{record}',
    ['stream'],
    'Records in the source that the receiver has not stored yet.',
  ),
  histogram(
    'millrace.output.duration',
    ['output'],
    'Time of an output operation in a batch, all attempts included.',
  ),
  counter('millrace.output.retries', '{retry}', ['output'], 'Attempts after the first one.'),
  counter(
    'millrace.output.failures',
    '{failure}',
    ['output'],
    'Output operations whose attempts are used up.',
  ),
  counter(
    'millrace.record.errors',
    '{record}',
    [],
    'Records that were left out because a function failed for them.',
  ),
  counter('millrace.dead.letters', '{record}', [], 'Dead letters that were written.'),
  gauge('millrace.blocks.stored', 'By', ['executor'], 'Bytes of blocks in memory.'),
  gauge('millrace.blocks.limit', 'By', ['executor'], 'The bound on the bytes of blocks in memory.'),
  gauge(
    'millrace.log.size',
    'By',
    ['executor'],
    'Bytes of the log on its disk; the log of decisions has the executor `driver`.',
  ),
  gauge('millrace.log.room', 'By', ['executor'], 'Bytes that the log may still grow.', 'max'),
  gauge(
    'millrace.log.sync.duration',
    's',
    ['executor', 'statistic'],
    'Durations of the newest 1,000 syncs of the log: p50, p99 and max.',
    'max',
  ),
  gauge(
    'millrace.log.kind',
    '1',
    ['executor', 'kind'],
    '1 for the kind that the log says of itself, for instance file or jetstream.',
    'max',
  ),
  gauge(
    'millrace.log.unconfirmed',
    '{entry}',
    ['executor'],
    'Entries that are not confirmed: not on the disk, or not at a quorum.',
  ),
  gauge('millrace.log.unconfirmed.size', 'By', ['executor'], 'Bytes of the entries that are not confirmed.'),
  gauge(
    'millrace.log.unconfirmed.age',
    's',
    ['executor'],
    'Time for which the oldest entry has waited to be confirmed.',
    'max',
  ),
  gauge(
    'millrace.log.followers',
    '{server}',
    ['executor'],
    'Servers that copy the log from its leader; absent when the leader has not told of them for 30 s.',
  ),
  gauge(
    'millrace.log.followers.behind',
    '{server}',
    ['executor'],
    'Of these, servers that lack a part of the log or are not there.',
  ),
  gauge(
    'millrace.log.followers.lag',
    '{operation}',
    ['executor'],
    'Operations that the server furthest behind lacks.',
    'max',
  ),
  counter('millrace.log.syncs', '{sync}', ['executor'], 'Successful syncs of the log.'),
  counter('millrace.log.errors', '{error}', ['executor'], 'Failed writes and syncs of the log.'),
  gauge('millrace.checkpoint.age', 's', [], 'Time since the newest checkpoint was written.'),
  histogram('millrace.checkpoint.duration', [], 'Time of writing a checkpoint.'),
  gauge(
    'millrace.checkpoint.size',
    'By',
    [],
    'Bytes of the newest checkpoint with the parts that were written for it.',
  ),
  counter('millrace.checkpoint.failures', '{checkpoint}', [], 'Checkpoints that could not be written.'),
  gauge('millrace.state.keys', '{key}', ['operator'], 'Keys of an operator with state.'),
  gauge(
    'millrace.state.size',
    'By',
    ['operator'],
    'Bytes of the state of an operator in the newest checkpoint.',
  ),
  gauge('millrace.watermark.lag', 's', ['stream'], 'Time by which the watermark is behind the clock.', 'max'),
  counter('millrace.late.records', '{record}', ['stream'], 'Records that were late for their windows.'),
  counter('millrace.ahead.records', '{record}', [], 'Records too far ahead of their batch.'),
  gauge('millrace.executor.active', '{executor}', [], 'Live executors.'),
  gauge('millrace.executor.tasks.running', '{task}', ['executor'], 'Tasks that run now.'),
  counter(
    'millrace.executor.tasks.completed',
    '{task}',
    ['executor'],
    'Tasks that have ended since the start of the executor.',
  ),
  gauge(
    'millrace.executor.heap.used',
    'By',
    ['executor'],
    'Used bytes of the heap of the thread of the executor.',
  ),
  gauge(
    'millrace.executor.loop.delay',
    's',
    ['executor', 'statistic'],
    'Delay of the event loop of the executor in the newest seconds: p50, p95 and max.',
    'max',
  ),
  gauge(
    'millrace.host.active',
    '{host}',
    [],
    'Hosts with live executors; absent while all executors run on the host of the driver.',
  ),
  counter('millrace.host.losses', '{host}', [], 'Hosts that have lost their last executor.'),
  gauge(
    'millrace.lease.held',
    '1',
    [],
    '1 while this driver is in charge by the lease, else 0; absent without a lease.',
  ),
  gauge(
    'millrace.lease.certain',
    '1',
    [],
    '0 while this driver is in charge and begins no job because the lease is not renewed, else 1; absent while not in charge.',
  ),
  gauge(
    'millrace.lease.epoch',
    '1',
    [],
    'The epoch of this driver; every driver in charge has a greater one.',
  ),
  gauge('millrace.driver.heap.used', 'By', [], 'Used bytes of the heap of the driver.'),
  gauge(
    'millrace.driver.loop.delay',
    's',
    ['statistic'],
    'Delay of the event loop of the driver in the newest seconds: p50, p95 and max.',
    'max',
  ),
  counter('millrace.listener.dropped', '{event}', [], 'Events that listeners missed.'),
  gauge(
    'millrace.verdict',
    '1',
    ['level'],
    '1 for the level of the verdict, 0 for other levels: failed, behind, limited, warning, good.',
  ),
] as const satisfies readonly MetricDefinition[];

/** The name of a metric of `METRICS`. */
export type MetricName = (typeof METRICS)[number]['name'];

function histogram<const N extends string>(name: N, labels: readonly string[], help: string) {
  return { name, kind: 'histogram', unit: 's', labels, help } as const;
}

function counter<const N extends string>(name: N, unit: string, labels: readonly string[], help: string) {
  return { name, kind: 'counter', unit, labels, help } as const;
}

function gauge<const N extends string>(
  name: N,
  unit: string,
  labels: readonly string[],
  help: string,
  merge: 'sum' | 'max' = 'sum',
) {
  return { name, kind: 'gauge', unit, labels, help, merge } as const;
}
