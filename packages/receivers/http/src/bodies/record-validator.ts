// Validation of the records of one body, between parsing and storing:
//
//   records ──► schema, one record after the other ──► all valid ──► stored
//                    │                                └── some not ──► refused, or the valid ones are stored
//                    └── a promise: up to 16 records at once, in any order of answers
//
// The stored record is the output of the schema, with its defaults and transformations.
import { isThenable, recordProblem, type SchemaIssue, type SchemaResult } from '@millrace/core/engine';
import type { MillraceError } from '@millrace/core';
import type { ParsingRoom } from './parsing-room.ts';
import { type Payload, recordsPayload } from './payload.ts';
import { recordError } from './record-refusals.ts';
import { IssueReport } from '../validating/issue-report.ts';
import type { ValidateRecord } from '../validating/record-schema.ts';
import type { RecordPlace, RejectedRecord } from '../validating/rejected-record.ts';

/** Records of a schema with promises that are validated at once. */
const AT_ONCE = 16;

/** Cost of a record without its bytes, in units of one parsed byte. */
const RECORD_UNITS = 64;

/** The reaction to a body with invalid records. */
export type OnInvalid = 'refuse' | 'partial';

/** The parsed records of a body. All lists have the same length. */
export interface ParsedRecords {
  readonly records: readonly unknown[];
  /** Memory of each record, in bytes. */
  readonly sizes: readonly number[];
  readonly places: readonly RecordPlace[];
  /** Malformed records that were left out. */
  readonly skippedCount: number;
}

/** Validates records by one schema. */
export class RecordValidator {
  readonly #validate: ValidateRecord;
  readonly #onInvalid: OnInvalid;

  constructor(validate: ValidateRecord, onInvalid: OnInvalid) {
    this.#validate = validate;
    this.#onInvalid = onInvalid;
  }

  /**
   * The payload of the valid records.
   *
   * @throws `MR_HTTP_RECORD_INVALID` when a record is invalid, or with `partial` when every record is; the errors of the
   *   room; an error without a code when the schema fails.
   */
  async payload(parsed: ParsedRecords, room: ParsingRoom): Promise<Payload> {
    const { records, sizes, places, skippedCount } = parsed;
    const results = await this.#results(parsed, room);
    const report = new IssueReport();
    const rejected: RejectedRecord[] = [];
    const valid: { readonly record: unknown; readonly size: number }[] = [];
    for (const [at, result] of results.entries()) {
      const issues = result.issues ?? unstorable(result.value);
      const place = places[at];
      if (place === undefined) throw new RangeError(`expected a place for record ${at}`);
      if (issues !== undefined) rejected.push(report.rejected(place, records[at], issues));
      else if (result.issues === undefined) valid.push({ record: result.value, size: sizes[at] ?? 0 });
    }
    if (rejected.length > 0 && (this.#onInvalid === 'refuse' || valid.length === 0)) throw invalid(rejected);
    return recordsPayload(
      valid.map(({ record }) => record),
      { skippedCount, rejected, sizes: valid.map(({ size }) => size) },
    );
  }

  /** The results in the order of the records. */
  async #results(
    { records, sizes, places }: ParsedRecords,
    room: ParsingRoom,
  ): Promise<SchemaResult<unknown>[]> {
    const results: SchemaResult<unknown>[] = [];
    let waiting: Promise<void>[] = [];
    for (const [at, record] of records.entries()) {
      const index = places[at]?.index ?? at;
      const answer = this.#answer(record, index);
      if (isThenable(answer)) {
        const settled = Promise.resolve(answer).then(
          (result) => void (results[at] = checked(result, index)),
          (cause: unknown) => Promise.reject(failed(index, cause)),
        );
        // A failure before the next wait needs no report of its own.
        settled.catch(() => undefined);
        waiting.push(settled);
      } else results[at] = checked(answer, index);
      if (waiting.length === AT_ONCE) {
        await room.inTime(Promise.all(waiting));
        waiting = [];
      }
      if (room.isSpentAfter((sizes[at] ?? 0) + RECORD_UNITS)) await room.nextTurn();
    }
    if (waiting.length > 0) await room.inTime(Promise.all(waiting));
    return results;
  }

  #answer(record: unknown, index: number): ReturnType<ValidateRecord> {
    try {
      return this.#validate(record);
    } catch (cause) {
      throw failed(index, cause);
    }
  }
}

/** Checks the answer of a foreign schema. */
function checked(result: SchemaResult<unknown>, index: number): SchemaResult<unknown> {
  const answer: unknown = result;
  if (typeof answer !== 'object' || answer === null) throw failed(index, new TypeError('expected a result'));
  if (result.issues !== undefined && !Array.isArray(result.issues))
    throw failed(index, new TypeError('expected a list of issues'));
  return result;
}

/** An output that no block can hold would fail the block of all clients. */
function unstorable(record: unknown): readonly SchemaIssue[] | undefined {
  const problem = recordProblem(record);
  return problem === undefined
    ? undefined
    : [{ message: `the schema returned a value that cannot be stored: ${problem}` }];
}

function failed(index: number, cause: unknown): Error {
  return new Error(`the schema of validate failed at record ${index + 1} of a request`, { cause });
}

function invalid(rejected: readonly RejectedRecord[]): MillraceError {
  const [{ index, line, issues: [issue] = [] } = { index: 0 }, ...others] = rejected;
  const path = issue === undefined || issue.path === '' ? '' : `${issue.path}: `;
  const more = others.length === 0 ? '' : `; ${others.length} more records are invalid`;
  const problem = `${path}${issue?.message ?? 'is not valid'}${more}`;
  return recordError('MR_HTTP_RECORD_INVALID', problem, { index, line }, { rejected });
}
