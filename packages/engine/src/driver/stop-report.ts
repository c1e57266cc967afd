// The report of a stop: its steps and its remains. An honest report beats a stop that hangs: STP-1.
import type { BatchTime, ReceiverInfo } from '@millrace/core';
import type { ReceiverStopInfo } from '../tracking/receiver-stop.ts';

/** The result of a stop. */
export interface StopReport {
  /** True: a graceful stop was requested. */
  readonly graceful: boolean;
  /** True when nothing was left behind and every step succeeded. */
  readonly isClean: boolean;
  /** Duration in milliseconds. */
  readonly durationMs: number;
  readonly receivers: readonly ReceiverStopInfo[];
  /** The receivers that did not run when the stop was called, and had not ended for good. */
  readonly receiversNotRunning: readonly ReceiverNotRunning[];
  /** Registered records that belong to no batch. */
  readonly unallocatedRecords: number;
  /** Batches that were made and did not complete, oldest first. */
  readonly pendingBatches: readonly BatchTime[];
  /** Number of batches that were due and not made. */
  readonly batchesNotMade: number;
  /** Errors of the stop; every step was attempted all the same. */
  readonly errors: readonly unknown[];
}

/** A receiver that did not run when the stop was called. */
export interface ReceiverNotRunning extends Pick<ReceiverInfo, 'streamId' | 'name' | 'state'> {
  /** The newest error in words; absent: no error so far. */
  readonly lastErrorMessage?: string;
}

/** The report of stopping a context that never ran. */
export const NOTHING_LEFT: StopReport = Object.freeze({
  graceful: true,
  isClean: true,
  durationMs: 0,
  receivers: [],
  receiversNotRunning: [],
  unallocatedRecords: 0,
  pendingBatches: [],
  batchesNotMade: 0,
  errors: [],
});

/** One line for people: the remains of a stop. */
export function formatStopReport(report: StopReport): string {
  const remains: string[] = [];
  const unanswered = report.receivers.filter((receiver) => !receiver.hasAnswered);
  const records = report.receivers.reduce((sum, receiver) => sum + receiver.recordsLeft, 0);
  if (records > 0) remains.push(`${records} records not made durable`);
  if (unanswered.length > 0) remains.push(`no answer from ${unanswered.map((r) => r.name).join(', ')}`);
  if (report.unallocatedRecords > 0) remains.push(`${report.unallocatedRecords} records in no batch`);
  if (report.pendingBatches.length > 0) remains.push(`${report.pendingBatches.length} batches not completed`);
  if (report.batchesNotMade > 0) remains.push(`${report.batchesNotMade} batches not made`);
  if (report.errors.length > 0) remains.push(`${report.errors.length} errors while stopping`);
  const how = report.graceful ? 'stopped gracefully' : 'stopped at once';
  const what = remains.length === 0 ? 'nothing was left behind' : `left behind: ${remains.join('; ')}`;
  const idle = report.receiversNotRunning.map(notRunning);
  const also = idle.length === 0 ? '' : `; not running before: ${idle.join('; ')}`;
  return `${how} in ${Math.round(report.durationMs)} ms; ${what}${also}`;
}

function notRunning({ name, state, lastErrorMessage }: ReceiverNotRunning): string {
  return `${name} (${state}${lastErrorMessage === undefined ? '' : `, ${lastErrorMessage}`})`;
}
