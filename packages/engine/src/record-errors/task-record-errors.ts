// The records that a task leaves out. Each computation of a partition collects its own, and hands them over when it has
// ended: a partition that is computed twice in one task, or read again from the cache, is reported once, and a report is
// always complete.
import type { Codec } from '@millrace/core';
import { type DeadRecord, type RecordErrors, recordText } from '@millrace/core/engine';
import { deadRecord, ignoreRejection, reasonOf } from './dead-record.ts';
import { failedRecordError, OPERATOR_OF_NO_STREAM, type OperatorPlace } from './failed-record-error.ts';
import { recordError } from './record-error-codes.ts';
import { leavesOut } from './record-error-rule.ts';

/** The largest number of records that a batch may leave out by default. */
export const RECORD_ERRORS_MAX = 10_000;
/** The most characters of the dead letters of one task. */
const LETTER_CHARACTERS_MAX = 64 * 1_024 * 1_024;

/** Settings of a task. */
export interface RecordErrorLimits {
  readonly codec: Codec;
  /** See the option `maxRecordErrorsPerBatch`. */
  readonly maxRecordErrors: number;
}

/** The left-out records of one task. */
export class TaskRecordErrors {
  readonly limits: RecordErrorLimits;
  readonly #reports = new Map<string, RecordErrors>();
  #recordCount = 0;
  #letterCharacters = 0;
  /** True once a record was left out or reported, also by a computation that did not end. */
  hasLeftOut = false;

  /** True for the records of a partition that is computed into the cache. */
  readonly isOfCached: boolean;

  constructor(limits: RecordErrorLimits, isOfCached = false) {
    this.limits = limits;
    this.isOfCached = isOfCached;
  }

  /** One report for each partition with left-out records. */
  get reports(): readonly RecordErrors[] {
    return [...this.#reports.values()];
  }

  /** A separate collection with the same settings. `ofCached`: for a partition that is computed into the cache. */
  fresh({ ofCached }: { readonly ofCached: boolean }): TaskRecordErrors {
    return new TaskRecordErrors(this.limits, ofCached);
  }

  /** Begins the computation of a partition. */
  begin(): ComputationErrors {
    return new ComputationErrors(this);
  }

  /** Adds complete reports; a partition that was reported before counts once. @throws `MR_RECORD_ERRORS_TOO_MANY`. */
  add(reports: readonly RecordErrors[]): void {
    for (const report of reports) {
      const key = `${report.partition}@${report.rddId}`;
      if (this.#reports.has(key)) continue;
      this.#reports.set(key, report);
      this.#recordCount += report.recordCount;
      for (const { record } of report.letters ?? []) this.#letterCharacters += record.length;
      this.assertFew(0, 0, () => report);
    }
  }

  /** Asserts the bounds of a task with further records. @throws `MR_RECORD_ERRORS_TOO_MANY`. */
  assertFew(recordCount: number, letterCharacters: number, latest: () => FailureInWords): void {
    const { maxRecordErrors } = this.limits;
    const isFew = this.#recordCount + recordCount <= maxRecordErrors;
    const isShort = this.#letterCharacters + letterCharacters <= LETTER_CHARACTERS_MAX;
    if (isFew && isShort) return;
    const bound = isFew
      ? `dead letters of at most ${LETTER_CHARACTERS_MAX} characters`
      : `at most ${maxRecordErrors} failed records`;
    throw tooManyRecordErrors(bound, latest());
  }
}

/** A list that grows while its partition is computed. */
interface OpenReport {
  readonly place: OperatorPlace;
  readonly first: { readonly record: string; readonly reason: string };
  recordCount: number;
  readonly letters: DeadRecord[] | undefined;
}

/** The left-out records of one computation of a partition, and of the steps that run with it. */
export class ComputationErrors {
  readonly #task: TaskRecordErrors;
  #open: Map<string, OpenReport> | undefined;
  #recordCount = 0;
  #letterCharacters = 0;

  constructor(task: TaskRecordErrors) {
    this.#task = task;
  }

  /**
   * Leaves a record out.
   *
   * @throws `FailedRecordError` when the rule of the operator does not allow that; `MR_RECORD_ERRORS_TOO_MANY`.
   */
  leaveOut(place: OperatorPlace, record: unknown, error: unknown): void {
    ignoreRejection(error);
    if (!leavesOut(place.rule)) throw failedRecordError(place, record, error);
    this.report(place, record, error);
  }

  /** Reports a record by the rule of the operator, which allows to leave records out. @throws `MR_RECORD_ERRORS_TOO_MANY`. */
  report(place: OperatorPlace, record: unknown, error: unknown): void {
    const { limits } = this.#task;
    this.#task.hasLeftOut = true;
    const letter =
      place.rule?.reaction === 'dead-letter' ? deadRecord(record, error, limits.codec) : undefined;
    this.#recordCount += 1;
    this.#letterCharacters += letter?.record.length ?? 0;
    const words = () => ({ record: recordText(record), reason: reasonOf(error) });
    this.#task.assertFew(this.#recordCount, this.#letterCharacters, () => ({
      ...namesOf(place),
      ...words(),
    }));
    const report = this.#reportOf(place, words);
    report.recordCount += 1;
    if (letter !== undefined) report.letters?.push(letter);
  }

  /** Called once the partition is computed to its end. */
  end(): void {
    if (this.#open !== undefined) this.#task.add([...this.#open.values()].map(closed));
  }

  #reportOf(place: OperatorPlace, first: () => OpenReport['first']): OpenReport {
    const key = `${place.partition}@${place.rddId}`;
    this.#open ??= new Map();
    let report = this.#open.get(key);
    if (report === undefined) {
      const letters = place.rule?.reaction === 'dead-letter' ? [] : undefined;
      report = { place, first: first(), recordCount: 0, letters };
      this.#open.set(key, report);
    }
    return report;
  }
}

/** One of the records that were too many, in words. */
export type FailureInWords = Pick<RecordErrors, 'stream' | 'operator' | 'record' | 'reason'>;

/** The error of a batch with too many records that fail. `bound`: the allowed number, in words. */
export function tooManyRecordErrors(bound: string, failure: FailureInWords): Error {
  const { stream, operator, record, reason } = failure;
  return recordError(
    'MR_RECORD_ERRORS_TOO_MANY',
    `expected ${bound} in a batch, got more; one of them: ${operator} of stream ${stream} failed for ${record} with ${reason}. Mend the function, or raise maxRecordErrorsPerBatch`,
    { details: { stream, operator, record, reason } },
  );
}

function namesOf({ rddId, rule }: OperatorPlace): Pick<RecordErrors, 'stream' | 'operator'> {
  return { stream: rule?.stream ?? rddId, operator: rule?.operator ?? OPERATOR_OF_NO_STREAM };
}

function closed({ place, first, recordCount, letters }: OpenReport): RecordErrors {
  const { rddId, partition, partitions } = place;
  const report = { rddId, partition, partitions, ...namesOf(place), recordCount, ...first };
  return letters === undefined ? report : { ...report, letters };
}
