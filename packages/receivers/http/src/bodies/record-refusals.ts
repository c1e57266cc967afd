// The errors about records of a body. A message counts records from 1.
import type { MillraceError } from '@millrace/core';
import { httpError, type HttpErrorCode } from '../http-errors.ts';
import type { RecordPlace } from '../validating/rejected-record.ts';

/** An error about one record. The message counts records from 1. */
export function recordError(
  code: HttpErrorCode,
  problem: string,
  place: RecordPlace,
  more: Readonly<Record<string, unknown>> = {},
): MillraceError {
  const { index, line } = place;
  const where = `record ${index + 1}${line === undefined ? '' : ` (line ${line})`}`;
  const details = { index, ...(line === undefined ? {} : { line }), ...more };
  return httpError(code, `${where}: ${problem}`, { details });
}

/** The error of a record above the bound. */
export function recordTooLarge(maxRecordBytes: number, place: RecordPlace): MillraceError {
  const problem = `expected at most ${maxRecordBytes} bytes (maxRecordBytes)`;
  return recordError('MR_HTTP_RECORD_TOO_LARGE', problem, place);
}

/** The error of a body with more records than allowed. */
export function tooManyRecords(maxRecordsPerRequest: number): MillraceError {
  const message = `expected at most ${maxRecordsPerRequest} records in a request (maxRecordsPerRequest), got more`;
  return httpError('MR_HTTP_TOO_MANY_RECORDS', message, { details: { maxRecordsPerRequest } });
}
