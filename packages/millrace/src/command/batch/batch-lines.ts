// One batch as text.
import type { ObservedBatch } from '@millrace/observe';
import { escapeControls } from '@millrace/core/engine';
import { batchState } from '../observed/engine-tables.ts';
import { bytes, count, counted, duration, isoTime, percent, UNKNOWN } from '../text/figures.ts';
import { type TextColumn, textTable } from '../text/text-table.ts';

type Input = ObservedBatch['inputs'][number];
type Output = ObservedBatch['outputs'][number];

const INPUTS: readonly TextColumn<Input>[] = [
  { head: 'input', cell: ({ name }) => name, align: 'left', rank: 0, flexible: [12, 48] },
  { head: 'records', cell: ({ recordCount }) => count(recordCount), rank: 1 },
  { head: 'size', cell: ({ sizeBytes }) => bytes(sizeBytes), rank: 2 },
  { head: 'blocks', cell: ({ blockCount }) => count(blockCount), rank: 3 },
  { head: '', cell: ({ description = '' }) => description, align: 'left', rank: 4, flexible: [12, 200] },
];

const OUTPUTS: readonly TextColumn<Output>[] = [
  { head: 'output', cell: ({ name }) => name, align: 'left', rank: 0, flexible: [12, 48] },
  { head: 'number', cell: ({ id }) => String(id), rank: 3 },
  { head: 'duration', cell: ({ startMs, endMs }) => between(startMs, endMs), rank: 1 },
  { head: 'attempts', cell: ({ attempts }) => count(attempts), rank: 2 },
  { head: 'outcome', cell: outcomeOf, align: 'left', rank: 0 },
];

/** The lines about a batch; tables are at most `width` columns wide. */
export function batchLines(batch: ObservedBatch, width: number): readonly string[] {
  const { batchTime, recordCount, sizeBytes, inputs, outputs, recordErrors, deadLetters } = batch;
  const lost =
    recordErrors === 0
      ? ''
      : `; ${counted(recordErrors, 'record error')}, ${counted(deadLetters, 'dead letter')}`;
  return [
    `batch ${isoTime(batchTime)} (${batchTime}): ${batchState(batch)}`,
    `${counted(recordCount, 'record')}, ${bytes(sizeBytes)}${lost}`,
    `scheduling delay ${duration(batch.schedulingDelayMs)}, processing ${duration(batch.processingDelayMs)}, total delay ${duration(batch.totalDelayMs)}`,
    `phases: ${phasesOf(batch)}`,
    ...(inputs.length === 0 ? [] : ['', ...textTable(INPUTS, inputs, width)]),
    ...(outputs.length === 0 ? [] : ['', ...textTable(OUTPUTS, outputs, width)]),
    ...outputs.flatMap(errorLines),
  ].map(escapeControls);
}

function phasesOf({ phases }: ObservedBatch): string {
  const named = [
    ['generator lag', phases.generatorLagMs],
    ['allocate', phases.allocateMs],
    ['generate', phases.generateMs],
    ['queue', phases.queueMs],
    ['process', phases.processMs],
  ] as const;
  const sum = named.reduce((total, [, ms]) => total + ms, 0);
  return named
    .map(([name, ms]) => `${name} ${duration(ms)}${sum > 0 ? ` (${percent(ms / sum)})` : ''}`)
    .join(', ');
}

function outcomeOf({ endMs, startMs, error }: Output): string {
  if (error !== undefined) return 'failed';
  if (endMs !== undefined) return 'succeeded';
  return startMs === undefined ? 'waits' : 'runs';
}

function between(startMs: number | undefined, endMs: number | undefined): string {
  return startMs === undefined || endMs === undefined ? UNKNOWN : duration(endMs - startMs);
}

function errorLines({ name, error }: Output): readonly string[] {
  if (error === undefined) return [];
  const { message, code, stack } = error;
  const first = `${name}: ${code === undefined ? '' : `${code}: `}${message}`;
  const frames = (stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return ['', ...first.split('\n'), ...frames];
}
