// The error of a function together with the record that it failed for. Thrown inside a task, and unpacked where the task
// ends, so that every other part sees the function's own error.
import { type FailedRecord, recordText } from '@millrace/core/engine';
import type { RecordErrorRule } from './record-error-rule.ts';

/** The name of an operator that no stream has, for instance one that the code of `foreachRDD` calls. */
export const OPERATOR_OF_NO_STREAM = 'an operator';

/** The place of an operator's function: the partition of an RDD. */
export interface OperatorPlace {
  readonly rddId: string;
  readonly partition: number;
  /** The number of partitions of the RDD. */
  readonly partitions: number;
  /** Undefined for an RDD that no operator of a stream has made, for instance inside `foreachRDD`. */
  readonly rule: RecordErrorRule | undefined;
}

/** Ends a task with the error of a function, and names the record. */
export class FailedRecordError extends Error {
  /** The error of the function. */
  readonly error: unknown;
  readonly failedRecord: FailedRecord;

  constructor(error: unknown, failedRecord: FailedRecord) {
    super('a function failed for a record');
    this.error = error;
    this.failedRecord = failedRecord;
  }
}

/** Makes the error of a task for a record that may not be left out. */
export function failedRecordError(place: OperatorPlace, record: unknown, error: unknown): Error {
  if (error instanceof FailedRecordError) return error;
  const { rddId, partition, rule } = place;
  const { stream = rddId, operator = OPERATOR_OF_NO_STREAM, definedAt } = rule ?? {};
  const at = definedAt === undefined ? {} : { definedAt };
  return new FailedRecordError(error, {
    rddId,
    partition,
    stream,
    operator,
    ...at,
    record: recordText(record),
  });
}

/** The error that ended a task, and the record that caused it, if known. */
export function unpacked(error: unknown): { readonly error: unknown; readonly failedRecord?: FailedRecord } {
  return error instanceof FailedRecordError ? error : { error };
}
