// Records of the newest two minutes that were left out, failed or came late, for the verdict.
import type { LeftOutRecordsInfo, RecordErrorsInfo } from '@millrace/core';
import { cutName, cutText } from '../text/cut-text.ts';
import { RollingSum } from './rolling-sum.ts';

/** The span of these counts, in milliseconds. */
export const RECENT_RECORDS_MS = 120_000;
const REASON_LENGTH_MAX = 300;

/** Counts records of the newest two minutes. */
export class RecentRecordCounts {
  readonly records = new RollingSum(RECENT_RECORDS_MS);
  readonly leftOut = new RollingSum(RECENT_RECORDS_MS);
  readonly failed = new RollingSum(RECENT_RECORDS_MS);
  readonly deadLetters = new RollingSum(RECENT_RECORDS_MS);
  readonly late = new RollingSum(RECENT_RECORDS_MS);
  readonly ahead = new RollingSum(RECENT_RECORDS_MS);
  lastFailure: { readonly stream: string; readonly operator: string; readonly reason: string } | undefined;
  lastLeftOut: { readonly name: string; readonly reason: string } | undefined;

  /** Takes records that failed in a batch. */
  takeFailed(failed: RecordErrorsInfo, monotonicMs: number): void {
    const { stream, operator, reason, recordCount, deadLetters } = failed;
    // Records that no block can hold are dead letters alone, see LISTENER-13.
    if (operator !== 'store') this.failed.add(recordCount, monotonicMs);
    this.deadLetters.add(deadLetters, monotonicMs);
    this.lastFailure = {
      stream: cutName(stream),
      operator: cutName(operator),
      reason: cutText(reason, REASON_LENGTH_MAX),
    };
  }

  /** Takes records that the codec refused. */
  takeLeftOut({ name, reason, recordCount }: LeftOutRecordsInfo, monotonicMs: number): void {
    this.leftOut.add(recordCount, monotonicMs);
    this.lastLeftOut = { name: cutName(name), reason: cutText(reason, REASON_LENGTH_MAX) };
  }
}
