// Parses, checks and counts the records of one body, one after the other. The cutters (`ndjson-body.ts`, `json-body.ts`) give
// the start and the end of each record. An error names the place of the first bad record.
import { isUtf8 } from 'node:buffer';
import { isMillraceError, type MillraceError } from '@millrace/core';
import type { HttpRecordsOptions } from '../http.options.ts';
import type { HttpErrorCode } from '../http-errors.ts';
import { readExactly } from './exact-numbers.ts';
import { ENTRY_BYTES, weightOfText } from './json-weight.ts';
import type { RecordPlace } from '../validating/rejected-record.ts';
import type { ParsingRoom } from './parsing-room.ts';
import { type Payload, recordsPayload } from './payload.ts';
import { judgeRecord } from './record-judge.ts';
import { recordError, recordTooLarge, tooManyRecords } from './record-refusals.ts';
import type { RecordValidator } from './record-validator.ts';

/** Cost of a record without its bytes, in units of one parsed byte. */
const RECORD_UNITS = 64;

/** Step in which memory is counted, so that small records cost no call each. */
const COUNT_BYTES = 65_536;

/** Size above which a record is weighed before parsing. */
const LARGE_BYTES = 65_536;

const REFUSED_RECORDS: ReadonlySet<string> = new Set<HttpErrorCode>([
  'MR_HTTP_RECORD_MALFORMED',
  'MR_HTTP_RECORD_TOO_LARGE',
]);

/** Bounds for the records of a body. */
export interface RecordBounds {
  readonly maxRecordsPerRequest: number;
  readonly maxRecordBytes: number;
}

/** Options for parsing records. */
export interface RecordOptions extends RecordBounds, Pick<HttpRecordsOptions, 'numbers'> {
  /** Validates the parsed records; absent without a schema. */
  readonly validator?: RecordValidator | undefined;
}

/** Options of a `RecordCollector`. */
export interface RecordCollectorOptions extends RecordOptions {
  /** True: a malformed or oversized record is left out. False: such a record refuses the body. */
  readonly skips: boolean;
}

/** Parses and keeps the records of one body. */
export class RecordCollector {
  readonly #body: Buffer;
  readonly #options: RecordCollectorOptions;
  readonly #room: ParsingRoom;
  readonly #isUtf8: boolean;
  readonly #records: unknown[] = [];
  readonly #sizes: number[] = [];
  /** Empty without a validator. */
  readonly #places: RecordPlace[] = [];
  #index = 0;
  /** Memory that the room has not counted yet. */
  #uncountedBytes = 0;

  constructor(body: Buffer, options: RecordCollectorOptions, room: ParsingRoom) {
    this.#body = body;
    this.#options = options;
    this.#room = room;
    this.#isUtf8 = isUtf8(body);
  }

  /** The number of records so far, including omitted ones: the index of the next record. */
  get count(): number {
    return this.#index;
  }

  /**
   * Takes the record between two places of the body.
   *
   * @param line The line of the record, from 1, in formats with lines.
   * @returns true when the room's share of the event loop is spent.
   * @throws `MR_HTTP_TOO_MANY_RECORDS`; any error of the room; unless skipping, `MR_HTTP_RECORD_MALFORMED` and
   *   `MR_HTTP_RECORD_TOO_LARGE`.
   */
  take(start: number, end: number, line?: number): boolean {
    const { maxRecordsPerRequest, skips } = this.#options;
    if (this.#index >= maxRecordsPerRequest) throw tooManyRecords(maxRecordsPerRequest);
    try {
      this.#keep(start, end, line);
    } catch (error) {
      if (!skips || !isMillraceError(error) || !REFUSED_RECORDS.has(error.code)) throw error;
    }
    this.#index += 1;
    return this.#room.isSpentAfter(end - start + RECORD_UNITS);
  }

  /**
   * Returns all records, or all valid records. The caller may drop the body from here on.
   *
   * @throws `MR_HTTP_RECORD_INVALID`; any error of the room.
   */
  async payload(): Promise<Payload> {
    this.#room.count(this.#uncountedBytes - this.#body.length);
    this.#uncountedBytes = 0;
    const { validator } = this.#options;
    const records = this.#records;
    const [skippedCount, sizes, places] = [this.#index - records.length, this.#sizes, this.#places];
    if (validator === undefined) return recordsPayload(records, { skippedCount, sizes });
    return await validator.payload({ records, sizes, places, skippedCount }, this.#room);
  }

  /** The error of the next record, whose problem is known before it can be taken. */
  malformed(problem: string, line?: number): MillraceError {
    return recordError('MR_HTTP_RECORD_MALFORMED', problem, { index: this.#index, line });
  }

  #keep(start: number, end: number, line: number | undefined): void {
    const { maxRecordBytes } = this.#options;
    if (end - start > maxRecordBytes) throw recordTooLarge(maxRecordBytes, { index: this.#index, line });
    if (!this.#isUtf8 && !isUtf8(this.#body.subarray(start, end))) {
      throw this.malformed('expected UTF-8', line);
    }
    const isLarge = end - start > LARGE_BYTES;
    const weighed = isLarge ? weightOfText(this.#body, start, end) : 0;
    if (isLarge) this.#room.count(weighed);
    try {
      this.#parse(start, end, line);
    } finally {
      if (isLarge) this.#room.count(-weighed);
    }
    if (this.#uncountedBytes >= COUNT_BYTES) {
      this.#room.count(this.#uncountedBytes);
      this.#uncountedBytes = 0;
    }
  }

  #parse(start: number, end: number, line: number | undefined): void {
    const text = this.#body.toString('utf8', start, end);
    let value = this.#json(text, line);
    const { problem, weight, hasLargeNumber } = judgeRecord(value);
    if (problem !== undefined) throw this.malformed(problem, line);
    if (hasLargeNumber) value = this.#withExactNumbers(text, value, line);
    const size = end - start + weight + ENTRY_BYTES;
    this.#records.push(value);
    this.#sizes.push(size);
    if (this.#options.validator !== undefined) this.#places.push({ index: this.#index, line });
    this.#uncountedBytes += size;
  }

  #withExactNumbers(text: string, value: unknown, line: number | undefined): unknown {
    const { numbers } = this.#options;
    if (numbers === 'double') return value;
    const read = readExactly(text, { bigints: numbers === 'bigint' });
    if (read.inexact === undefined) return read.value;
    const problem = `expected numbers that a double holds, got ${shortened(read.inexact)}; send the number as a string, or set the option numbers`;
    throw this.malformed(problem, line);
  }

  #json(text: string, line: number | undefined): unknown {
    try {
      return JSON.parse(text);
    } catch (error) {
      throw this.malformed((error as SyntaxError).message, line);
    }
  }
}

function shortened(number: string): string {
  return number.length <= 40 ? number : `${number.slice(0, 37)}…`;
}
