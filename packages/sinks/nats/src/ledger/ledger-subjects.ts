// The subjects and messages of the ledger, in text that people can read, behind `ledgerSubject`:
//
//   <application>.<output operation>.<batch time>.count           {"partitions":3}          once for each batch
//   <application>.<output operation>.<batch time>.<p>.<chunk>     {"to":900,"isLast":false}  in one atomic batch with its records
//   <application>.<output operation>.forgotten                    {"batchTime":1764530000000}
//
// Each subject has one message. `to` is the number of records of partition p in this and all earlier chunks.
import type { SinkWrite } from '@millrace/core';
import { natsSinkError } from '../nats-sink-errors.ts';
import { tokenOf } from '../subjects/subjects.ts';

/** The output operation of a batch. */
export type LedgerOperation = Pick<SinkWrite, 'application' | 'outputOperation'>;
/** One batch of an output operation. */
export type LedgerBatch = LedgerOperation & Pick<SinkWrite, 'batchTime'>;

/** The written part of a partition. */
export interface WrittenPart {
  /** Counted from 0. */
  readonly chunk: number;
  /** The number of written records. */
  readonly to: number;
  /** True when the partition is written as a whole. */
  readonly isLast: boolean;
}

/** The subjects of the ledger of one stream. */
export class LedgerSubjects {
  readonly #base: string;

  constructor(base: string) {
    this.#base = base;
  }

  forgotten(operation: LedgerOperation): string {
    return `${this.#of(operation)}.forgotten`;
  }

  count(batch: LedgerBatch): string {
    return `${this.#of(batch)}.${batch.batchTime}.count`;
  }

  /** Every subject of a batch. */
  batch(batch: LedgerBatch): string {
    return `${this.#of(batch)}.${batch.batchTime}.>`;
  }

  /** The counts of all batches. */
  counts(operation: LedgerOperation): string {
    return `${this.#of(operation)}.*.count`;
  }

  /** Every chunk of a partition. */
  chunks(write: SinkWrite): string {
    return `${this.#of(write)}.${write.batchTime}.${write.partition}.*`;
  }

  chunk(write: SinkWrite, chunk: number): string {
    return `${this.#of(write)}.${write.batchTime}.${write.partition}.${chunk}`;
  }

  #of({ application, outputOperation }: LedgerOperation): string {
    return `${this.#base}.${tokenOf(application)}.${outputOperation}`;
  }
}

/** The batch time in the subject of a count. @throws `MR_SINK_NATS_LEDGER` */
export function batchTimeIn(subject: string): number {
  return wholeNumber(Number(subject.split('.').at(-2)), subject);
}

/** The number of partitions in the message of a batch. @throws `MR_SINK_NATS_LEDGER` */
export function partitionsIn(text: string, subject: string): number {
  return wholeNumber(fieldsOf(text, subject)['partitions'], subject);
}

/** The batch time in the message about forgotten batches. @throws `MR_SINK_NATS_LEDGER` */
export function forgottenIn(text: string, subject: string): number {
  return wholeNumber(fieldsOf(text, subject)['batchTime'], subject);
}

/** The content of the message of a chunk. @throws `MR_SINK_NATS_LEDGER` */
export function partIn(text: string, subject: string): WrittenPart {
  const { to, isLast } = fieldsOf(text, subject);
  const chunk = wholeNumber(Number(subject.split('.').at(-1)), subject);
  return { chunk, to: wholeNumber(to, subject), isLast: isLast === true };
}

function fieldsOf(text: string, subject: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text)) as Readonly<Record<string, unknown>>;
  } catch {
    throw foreign(subject);
  }
}

function wholeNumber(value: unknown, subject: string): number {
  if (Number.isSafeInteger(value)) return value as number;
  throw foreign(subject);
}

function foreign(subject: string): Error {
  const message = `expected a message of the ledger under ${subject}; nothing else may be published under ledgerSubject`;
  return natsSinkError('MR_SINK_NATS_LEDGER', message, { details: { subject } });
}
