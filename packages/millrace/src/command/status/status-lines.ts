// The state of an engine as text: the verdict first, then the figures behind it.
import type { EngineState, Quantiles } from '@millrace/observe';
import { escapeControls } from '@millrace/core/engine';
import { clusterLines } from '../observed/cluster-lines.ts';
import { INPUT_COLUMNS, OUTPUT_COLUMNS } from '../observed/engine-tables.ts';
import { findingText } from '../observed/level-words.ts';
import { bytes, count, counted, duration, isoTime } from '../text/figures.ts';
import { textTable } from '../text/text-table.ts';

/** Inputs and outputs that are shown; `--json` has all. */
const ROWS_MAX = 50;

/** The lines about an engine; tables are at most `width` columns wide. */
export function statusLines(state: EngineState, width: number): readonly string[] {
  const { verdict, inputs, outputs } = state;
  return [
    findingText(verdict),
    ...verdict.others.map((finding) => `  also ${findingText(finding)}`),
    ...lifeLines(state),
    ...delayLines(state),
    ...clusterLines(state),
    ...storageLines(state),
  ]
    .map(escapeControls)
    .concat(
      section(textTable(INPUT_COLUMNS, inputs.slice(0, ROWS_MAX), width), inputs.length),
      section(textTable(OUTPUT_COLUMNS, outputs.slice(0, ROWS_MAX), width), outputs.length),
    );
}

function section(table: readonly string[], total: number): readonly string[] {
  if (total === 0) return [];
  return [
    '',
    ...table,
    ...(total > ROWS_MAX ? [`… and ${count(total - ROWS_MAX)} more; --json has all`] : []),
  ];
}

function lifeLines({
  application,
  state,
  timeMs,
  startedMs,
  batchIntervalMs,
  batches,
  failure,
}: EngineState) {
  const since = startedMs === undefined ? '' : ` for ${duration(timeMs - startedMs)}`;
  const { queued, held, notMade, oldestDelayMs } = batches;
  const waiting = [
    counted(queued, 'batch queued', 'batches queued'),
    ...(notMade === 0 ? [] : [`${count(notMade)} due and not made`]),
    ...(held.length === 0 ? [] : [`${count(held.length)} held`]),
    ...(queued === 0 ? [] : [`the oldest waits ${duration(oldestDelayMs)}`]),
  ].join(', ');
  return [
    `${application}: ${state}${since}, a batch every ${duration(batchIntervalMs)}; ${waiting}`,
    ...(failure === undefined
      ? []
      : [`error: ${failure.code === undefined ? '' : `${failure.code}: `}${failure.message}`]),
    ...held.map((time) => `held: batch ${isoTime(time)}, millrace batch ${time}`).slice(0, 5),
  ];
}

function delayLines({ delays, totals, lastCompletedBatch }: EngineState) {
  const last = lastCompletedBatch === undefined ? 'none yet' : isoTime(lastCompletedBatch);
  const left = [
    [totals.failedBatches, 'failed batch', 'failed batches'],
    [totals.skippedBatches, 'skipped batch time', 'skipped batch times'],
    [totals.recordErrors, 'record error', 'record errors'],
    [totals.deadLetters, 'dead letter', 'dead letters'],
    [totals.leftOutRecords, 'left-out record', 'left-out records'],
    [totals.lateRecords, 'late record', 'late records'],
    [totals.aheadRecords, 'record ahead of time', 'records ahead of time'],
  ] as const;
  const exceptions = left
    .filter(([value]) => value > 0)
    .map(([value, one, more]) => counted(value, one, more));
  return [
    `newest completed batch: ${last}; ${counted(totals.batches, 'batch', 'batches')} with ${counted(totals.records, 'record')}`,
    ...(exceptions.length === 0 ? [] : [`since the start: ${exceptions.join(', ')}`]),
    `delays (p50, p95, max): scheduling ${quantiles(delays.scheduling)}; processing ${quantiles(delays.processing)}; total ${quantiles(delays.total)}`,
  ];
}

function quantiles({ p50, p95, max }: Quantiles): string {
  return [p50, p95, max].map(duration).join(', ');
}

function storageLines({ checkpoints, log, logFullInMs, timeMs }: EngineState) {
  const age = checkpoints?.lastMs === undefined ? 'none yet' : `${duration(timeMs - checkpoints.lastMs)} old`;
  const failures =
    checkpoints === undefined || checkpoints.failuresInARow === 0
      ? ''
      : `, ${counted(checkpoints.failuresInARow, 'failure')} in a row`;
  const full = logFullInMs === undefined ? '' : `, full in ${duration(logFullInMs)} at this rate`;
  const size = (value: number | undefined): string => (value === undefined ? '' : `, ${bytes(value)}`);
  return [
    ...(checkpoints === undefined ? [] : [`checkpoint: ${age}${size(checkpoints.sizeBytes)}${failures}`]),
    ...(log === undefined
      ? []
      : [
          `log: ${bytes(log.sizeBytes)} in ${counted(log.segments, 'segment')}, ${counted(log.errors, 'error')}${full}`,
        ]),
  ];
}
