// The driver's account of records that were left out, batch by batch, and the writing of dead letters. Reports of tasks
// arrive before a task counts as done; a partition is reported once, however often it is computed. When all outputs of a
// batch are done, one more job writes the batch's letters, and only then is the batch complete.
//
//   task ─► note ─► … outputs of the batch done ─► jobAt ─► sink ─► end ─► events, batch completed
//
// A write is identified by the batch time of the RDD, the operator and the partition: a batch that runs again after a
// restart repeats the same writes, and a sink that is effectively once keeps one of them. A window that computes an older
// batch again repeats a write of that batch.
import type { BatchTime, DeadLetter, Epoch, RecordErrorsInfo, Sink, SinkWrite } from '@millrace/core';
import { SinkWriter } from '@millrace/core';
import type { RecordErrors } from '@millrace/core/engine';
import type { Job } from '../batches/job.ts';
import type { BatchErrorCounts } from '../batches/job-set.ts';
import type { Holdings } from '../holdings.ts';
import { operatorOf } from '../rdd-name.ts';
import { tooManyRecordErrors } from './task-record-errors.ts';

/** Stands for the number of an output operation in the job that writes dead letters. */
export const DEAD_LETTERS_OUTPUT = -2;

/** Collaborators and settings of a ledger. */
export interface RecordErrorLedgerDeps {
  readonly application: string;
  /** The epoch of the driver. */
  readonly epoch: () => Epoch;
  /** See the option `maxRecordErrorsPerBatch`. */
  readonly maxRecordErrors: number;
  /** Undefined: no stream has the reaction `dead-letter`. */
  readonly deadLetters: Sink<DeadLetter> | undefined;
  /** The records of a batch that were left out before they were stored and become dead letters. */
  readonly storedAt: (batchTime: BatchTime) => readonly RecordErrors[];
}

/** The job that a report belongs to: batch time 0 and output operation -1 for an action outside any job. */
export interface ReportingJob {
  readonly batchTime: BatchTime;
  readonly outputOperation: number;
}

/** The account of one batch. */
interface BatchErrors {
  readonly reports: RecordErrors[];
  unwritten: RecordErrors[];
  /** Records for which a function failed. */
  recordCount: number;
  deadLetters: number;
  hasStored: boolean;
}

/** See the header of this file. */
export class RecordErrorLedger {
  readonly #deps: RecordErrorLedgerDeps;
  readonly #writer: SinkWriter<DeadLetter> | undefined;
  readonly #batches = new Map<BatchTime, BatchErrors>();
  /** The reported partitions of RDDs that may be computed again. */
  readonly #reported = new Map<string, Set<number>>();

  constructor(deps: RecordErrorLedgerDeps) {
    this.#deps = deps;
    this.#writer = deps.deadLetters && new SinkWriter(deps.deadLetters);
  }

  /** True when dead letters can be written. */
  get hasSink(): boolean {
    return this.#writer !== undefined;
  }

  /**
   * Notes the records that a task of a job has left out. A partition that was reported before counts once.
   *
   * @throws `MR_RECORD_ERRORS_TOO_MANY`, also when the job runs again.
   */
  note(job: ReportingJob, reports: readonly RecordErrors[]): void {
    const { maxRecordErrors } = this.#deps;
    const isOutsideJobs = job.batchTime === 0 && job.outputOperation < 0;
    for (const report of reports) {
      const batchTime = isOutsideJobs ? operatorOf(report.rddId).batchTime : job.batchTime;
      if (this.#isNew(report)) this.#add(this.#batchAt(batchTime), report);
      const { recordCount } = this.#batches.get(batchTime) ?? { recordCount: 0 };
      if (recordCount > maxRecordErrors)
        throw tooManyRecordErrors(`at most ${maxRecordErrors} failed records`, report);
    }
  }

  /** The job that writes the letters of a batch whose outputs are done; undefined when there are none to write. */
  jobAt(batchTime: BatchTime): Job | undefined {
    if (this.#writer === undefined) return undefined;
    this.#noteStored(batchTime);
    if (!this.#upTo(batchTime).some(({ unwritten }) => unwritten.length > 0)) return undefined;
    return {
      batchTime,
      outputOperation: DEAD_LETTERS_OUTPUT,
      name: 'dead letters',
      run: () => this.#write(batchTime),
    };
  }

  /** Ends a batch. The letters of a batch that was given up are dropped with it. Undefined when no record was left out. */
  end(batchTime: BatchTime): BatchErrorCounts | undefined {
    const batch = this.#batches.get(batchTime);
    if (batch === undefined) return undefined;
    this.#batches.delete(batchTime);
    for (const { rddId, partition } of batch.unwritten) this.#reported.get(rddId)?.delete(partition);
    const unwritten = new Set(batch.unwritten);
    return {
      recordErrors: batch.recordCount,
      deadLetters: batch.deadLetters,
      failed: infosOf(batchTime, batch.reports, (report) => !unwritten.has(report)),
    };
  }

  /** The RDDs cannot be computed any more. */
  forget(rddIds: readonly string[]): void {
    for (const rddId of rddIds) this.#reported.delete(rddId);
  }

  /** The RDDs can still be computed. */
  unpersist(): void {}

  /** Closes the sink. */
  async close(): Promise<void> {
    await this.#writer?.close();
  }

  /** Amounts in use, see `Holdings`. */
  get holdings(): Holdings {
    const sum = (of: (batch: BatchErrors) => number) =>
      [...this.#batches.values()].reduce((total, batch) => total + of(batch), 0);
    return {
      underWay: { 'recordErrors.unwritten': sum(({ unwritten }) => unwritten.length) },
      kept: { 'recordErrors.reported': this.#reported.size, 'recordErrors.batches': this.#batches.size },
    };
  }

  #isNew({ rddId, partition }: RecordErrors): boolean {
    const partitions = this.#reported.get(rddId) ?? new Set();
    if (partitions.has(partition)) return false;
    this.#reported.set(rddId, partitions.add(partition));
    return true;
  }

  #add(batch: BatchErrors, report: RecordErrors): void {
    batch.reports.push(report);
    if (report.letters !== undefined) batch.unwritten.push(report);
    batch.recordCount += report.recordCount;
  }

  #batchAt(batchTime: BatchTime): BatchErrors {
    let batch = this.#batches.get(batchTime);
    if (batch === undefined) {
      batch = { reports: [], unwritten: [], recordCount: 0, deadLetters: 0, hasStored: false };
      this.#batches.set(batchTime, batch);
    }
    return batch;
  }

  #upTo(batchTime: BatchTime): readonly BatchErrors[] {
    return [...this.#batches].filter(([time]) => time <= batchTime).map(([, batch]) => batch);
  }

  #noteStored(batchTime: BatchTime): void {
    if (this.#batches.get(batchTime)?.hasStored === true) return;
    const stored = this.#deps.storedAt(batchTime);
    if (stored.length === 0) return;
    const batch = this.#batchAt(batchTime);
    batch.hasStored = true;
    for (const report of stored) {
      batch.reports.push(report);
      batch.unwritten.push(report);
    }
  }

  /** Writes in the order of batches; the partitions of one operator may be written at once. */
  async #write(batchTime: BatchTime): Promise<void> {
    for (const batch of this.#upTo(batchTime)) {
      const byOperator = Map.groupBy(batch.unwritten, ({ rddId }) => rddId);
      const inOrder = [...byOperator].toSorted(([left], [right]) => byTime(left, right));
      for (const [, reports] of inOrder) {
        await Promise.all(reports.map((report) => this.#writeOne(report)));
        const written = new Set(reports);
        batch.unwritten = batch.unwritten.filter((report) => !written.has(report));
        batch.deadLetters += reports.reduce((sum, { recordCount }) => sum + recordCount, 0);
      }
    }
  }

  async #writeOne(report: RecordErrors): Promise<void> {
    const { application, epoch } = this.#deps;
    const { operator: operatorId, batchTime } = operatorOf(report.rddId);
    const { stream, operator, partition, partitions } = report;
    const identity: SinkWrite = {
      application: `${application}-dead-letters-${operatorId}`,
      batchTime,
      outputOperation: 0,
      partition,
      partitions,
      epoch: epoch(),
    };
    const common = { application, batchTime, stream, operator, partition };
    const letters = (report.letters ?? []).map((letter, index): DeadLetter => ({
      ...common,
      index,
      ...letter,
    }));
    await this.#writer?.write(letters, identity);
  }
}

function byTime(left: string, right: string): number {
  const difference = operatorOf(left).batchTime - operatorOf(right).batchTime;
  return difference || (left < right ? -1 : Number(left > right));
}

function infosOf(
  batchTime: BatchTime,
  reports: readonly RecordErrors[],
  isWritten: (report: RecordErrors) => boolean,
): readonly RecordErrorsInfo[] {
  const groups = Map.groupBy(reports, ({ stream, operator }) => JSON.stringify([stream, operator]));
  return [...groups]
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([, [first, ...others]]) => infoOf(batchTime, first as RecordErrors, { others, isWritten }));
}

function infoOf(
  batchTime: BatchTime,
  first: RecordErrors,
  {
    others,
    isWritten,
  }: { readonly others: readonly RecordErrors[]; readonly isWritten: (report: RecordErrors) => boolean },
): RecordErrorsInfo {
  const { stream, operator, record, reason } = first;
  const all = [first, ...others];
  const count = (counted: readonly RecordErrors[]) =>
    counted.reduce((sum, { recordCount }) => sum + recordCount, 0);
  const deadLetters = count(all.filter((report) => report.letters !== undefined && isWritten(report)));
  return { batchTime, stream, operator, recordCount: count(all), deadLetters, record, reason };
}
