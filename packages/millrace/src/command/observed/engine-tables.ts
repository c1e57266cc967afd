// The columns of inputs, outputs and batches, for lists and for the screen.
import type { ObservedInput, ObservedOutput } from '@millrace/observe';
import { bytes, count, duration, percent, timeOfDay, UNKNOWN } from '../text/figures.ts';
import type { TextColumn } from '../text/text-table.ts';
import type { BatchRow } from './engine-view.ts';

const NAME: readonly [number, number] = [20, 48];

/** An input in a row. */
export const INPUT_COLUMNS: readonly TextColumn<ObservedInput>[] = [
  { head: 'input', cell: ({ name }) => name, align: 'left', rank: 0, flexible: NAME },
  { head: 'state', cell: stateOf, align: 'left', rank: 1 },
  { head: 'records/s', cell: ({ recordsPerSecond }) => count(recordsPerSecond), rank: 2 },
  { head: 'limit', cell: ({ rateLimit }) => count(rateLimit), rank: 3 },
  { head: 'because', cell: causeOf, align: 'left', rank: 9 },
  { head: 'lag', cell: ({ lagRecords }) => count(lagRecords), rank: 4 },
  { head: 'lag/s', cell: ({ lagGrowth }) => signed(lagGrowth), rank: 8 },
  {
    head: 'waiting',
    cell: ({ isReceiver, waitingRecords }) => (isReceiver ? count(waitingRecords) : UNKNOWN),
    rank: 5,
  },
  {
    head: 'unacked',
    cell: ({ isReceiver, unacknowledgedRecords }) => (isReceiver ? count(unacknowledgedRecords) : UNKNOWN),
    rank: 7,
  },
  { head: 'restarts', cell: ({ isReceiver, restarts }) => (isReceiver ? count(restarts) : UNKNOWN), rank: 6 },
  { head: 'dropped', cell: ({ droppedRecords }) => count(droppedRecords), rank: 11 },
  { head: 'bytes/s', cell: ({ bytesPerSecond }) => bytes(bytesPerSecond), rank: 10 },
  { head: 'executor', cell: ({ executorId }) => executorId ?? UNKNOWN, align: 'left', rank: 12 },
];

/** An output operation in a row. */
export const OUTPUT_COLUMNS: readonly TextColumn<ObservedOutput>[] = [
  { head: 'output', cell: ({ name }) => name, align: 'left', rank: 0, flexible: NAME },
  { head: 'share', cell: ({ share }) => percent(share), rank: 1 },
  { head: 'p50', cell: ({ durationMs }) => duration(durationMs.p50), rank: 3 },
  { head: 'p95', cell: ({ durationMs }) => duration(durationMs.p95), rank: 2 },
  { head: 'max', cell: ({ durationMs }) => duration(durationMs.max), rank: 6 },
  { head: 'retries', cell: ({ retries }) => count(retries), rank: 5 },
  { head: 'failures', cell: ({ failures }) => count(failures), rank: 4 },
];

/** A batch in a row. */
export const BATCH_COLUMNS: readonly TextColumn<BatchRow>[] = [
  { head: 'batch (UTC)', cell: ({ batchTime }) => timeOfDay(batchTime), align: 'left', rank: 0 },
  { head: 'state', cell: batchState, align: 'left', rank: 0 },
  { head: 'records', cell: ({ recordCount }) => count(recordCount), rank: 1 },
  { head: 'scheduling', cell: ({ schedulingDelayMs }) => duration(schedulingDelayMs), rank: 3 },
  { head: 'processing', cell: ({ processingDelayMs }) => duration(processingDelayMs), rank: 2 },
  { head: 'total', cell: ({ totalDelayMs }) => duration(totalDelayMs), rank: 2 },
  { head: 'size', cell: ({ sizeBytes }) => bytes(sizeBytes), rank: 5 },
  { head: 'record errors', cell: ({ recordErrors }) => count(recordErrors), rank: 6 },
  {
    head: 'failure',
    cell: ({ failedOutput }) =>
      failedOutput === undefined ? '' : `${failedOutput.name}: ${failedOutput.message}`,
    align: 'left',
    rank: 4,
    flexible: [20, 80],
  },
];

/** The state of a batch, with the word of a batch that ran again. */
export function batchState({ state, isRerun }: Pick<BatchRow, 'state' | 'isRerun'>): string {
  return isRerun ? `${state}, re-run` : state;
}

function stateOf({ isReceiver, state }: ObservedInput): string {
  return isReceiver ? state : 'no receiver';
}

const CAUSES: Readonly<Record<NonNullable<ObservedInput['rateLimitCause']>, string>> = {
  initial: 'initial',
  estimate: 'estimate',
  'overdue-batch': 'overdue batch',
};

function causeOf({ rateLimit, rateLimitCause }: ObservedInput): string {
  if (rateLimit === undefined || rateLimitCause === undefined) return UNKNOWN;
  return CAUSES[rateLimitCause] ?? UNKNOWN;
}

function signed(value: number | undefined): string {
  return value === undefined || value <= 0 ? count(value) : `+${count(value)}`;
}
