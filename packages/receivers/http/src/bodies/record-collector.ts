// Takes the records of one body out of its bytes, one after the other, and knows for each where it stands: the first
// one that is wrong is named by its place. The cutters (`ndjson-body.ts`, `json-body.ts`) say where a record begins and
// ends, this says whether it is one.
import { isUtf8 } from 'node:buffer';
import type { MillraceError } from '@millrace/core';
import { httpError, type HttpErrorCode } from '../http-errors.ts';
import { type Payload, recordsPayload } from './payload.ts';
import { problemOfRecord } from './record-problem.ts';

/** What bounds the records of a body. */
export interface RecordBounds {
  readonly maxRecordsPerRequest: number;
  readonly maxRecordBytes: number;
}

/** What a `RecordCollector` takes. */
export interface RecordCollectorOptions extends RecordBounds {
  /** Whether a malformed or oversized record is left out instead of refusing the body. */
  readonly skips: boolean;
}

/** Parses and keeps the records of one body. */
export class RecordCollector {
  readonly #body: Buffer;
  readonly #options: RecordCollectorOptions;
  readonly #isUtf8: boolean;
  readonly #records: unknown[] = [];
  #index = 0;

  constructor(body: Buffer, options: RecordCollectorOptions) {
    this.#body = body;
    this.#options = options;
    this.#isUtf8 = isUtf8(body);
  }

  /** How many records came so far, also those that were left out: the index of the next one. */
  get count(): number {
    return this.#index;
  }

  /**
   * Takes the record between two places of the body.
   *
   * @param line The line it is on, from 1, where the format has lines.
   * @throws `MR_HTTP_TOO_MANY_RECORDS`; unless it skips, `MR_HTTP_RECORD_MALFORMED` and `MR_HTTP_RECORD_TOO_LARGE`.
   */
  take(start: number, end: number, line?: number): void {
    const { maxRecordsPerRequest, skips } = this.#options;
    if (this.#index >= maxRecordsPerRequest) throw tooManyRecords(maxRecordsPerRequest);
    try {
      this.#records.push(this.#parse(start, end, line));
    } catch (error) {
      if (!skips) throw error;
    }
    this.#index += 1;
  }

  /** Everything that was taken. */
  payload(): Payload {
    return recordsPayload(this.#records, this.#index - this.#records.length);
  }

  /** The error of the next record, whose problem is known before it can be taken. */
  malformed(problem: string, line?: number): MillraceError {
    return recordError('MR_HTTP_RECORD_MALFORMED', problem, { index: this.#index, line });
  }

  #parse(start: number, end: number, line: number | undefined): unknown {
    const { maxRecordBytes } = this.#options;
    if (end - start > maxRecordBytes) throw recordTooLarge(maxRecordBytes, { index: this.#index, line });
    if (!this.#isUtf8 && !isUtf8(this.#body.subarray(start, end))) {
      throw this.malformed('expected UTF-8', line);
    }
    const value = this.#json(start, end, line);
    const problem = problemOfRecord(value);
    if (problem !== undefined) throw this.malformed(problem, line);
    return value;
  }

  #json(start: number, end: number, line: number | undefined): unknown {
    try {
      return JSON.parse(this.#body.toString('utf8', start, end));
    } catch (error) {
      throw this.malformed((error as SyntaxError).message, line);
    }
  }
}

/** Where a record stands in its body. */
export interface RecordPlace {
  /** From 0. */
  readonly index: number;
  /** From 1; undefined where the format has no lines. */
  readonly line: number | undefined;
}

/** An error about one record. The message counts records from 1. */
export function recordError(code: HttpErrorCode, problem: string, place: RecordPlace): MillraceError {
  const { index, line } = place;
  const where = `record ${index + 1}${line === undefined ? '' : ` (line ${line})`}`;
  const details = { index, ...(line === undefined ? {} : { line }) };
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
