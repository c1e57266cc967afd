// The messages of the ledger topic, in text that people can read:
//
//   key    [1,"orders","billing",0,1764540000000,2]     the written partition: target, application, output operation, batch time,
//                                                       partition; behind the version of the form
//   value  {"partitions":3}
//
//   key    [1,"orders","billing",0,"forgotten",2]       the newest batch whose messages partition 2 has removed
//   value  {"batchTime":1764530000000}
//
// A message without a value is a tombstone: compaction forgets its key.
import type { SinkWrite } from '@millrace/core';
import { kafkaSinkError } from '../kafka-sink-errors.ts';

/** The output operation of a batch stream that writes to a topic. */
export interface LedgerOutput {
  /** The topic of the records. */
  readonly target: string;
  readonly application: string;
  readonly outputOperation: number;
}

/** A partition that is written, or a tombstone for its message. */
export interface WrittenEntry extends LedgerOutput {
  readonly kind: 'written';
  readonly batchTime: number;
  readonly partition: number;
  /** The number of partitions of the batch; undefined: a tombstone. */
  readonly partitions: number | undefined;
}

/** The newest batch that is no longer in the ledger as a whole. */
export interface ForgottenEntry extends LedgerOutput {
  readonly kind: 'forgotten';
  readonly batchTime: number;
}

/** A message of the ledger. */
export type LedgerEntry = WrittenEntry | ForgottenEntry;

/** Key and value of a message. */
export interface LedgerMessage {
  readonly key: Buffer;
  readonly value: Buffer | null;
}

const VERSION = 1;
const FORGOTTEN = 'forgotten';

/** The message of a written partition. */
export function writtenMessage(target: string, write: SinkWrite): LedgerMessage {
  return message(keyOf(target, write, write.batchTime), { partitions: write.partitions });
}

/** The tombstone of a written partition. */
export function tombstone(target: string, write: Omit<SinkWrite, 'partitions'>): LedgerMessage {
  return { key: encoded(keyOf(target, write, write.batchTime)), value: null };
}

/** The message about the newest removed batch, by the partition that has removed the messages. */
export function forgottenMessage(target: string, write: SinkWrite, batchTime: number): LedgerMessage {
  return message(keyOf(target, write, FORGOTTEN), { batchTime });
}

/**
 * The content of a message; undefined for a message about another target.
 *
 * @throws `MR_SINK_KAFKA_LEDGER` when the message is none of a ledger.
 */
export function entryOf(
  target: string,
  { key, value }: { readonly key: Buffer | null; readonly value: Buffer | null },
): LedgerEntry | undefined {
  const parts = parsed(key);
  if (!Array.isArray(parts) || parts[0] !== VERSION || parts.length !== 6) throw foreign();
  const [, of, application, outputOperation, batch, partition] = parts as unknown[];
  const isKey = [of, application].every((part) => typeof part === 'string') && isCount(outputOperation) && isCount(partition); // prettier-ignore
  if (!isKey) throw foreign();
  if (of !== target) return undefined;
  const output = { target, application: String(application), outputOperation: Number(outputOperation) };
  const fields = value === null ? undefined : Object(parsed(value)) as Readonly<Record<string, unknown>>; // prettier-ignore
  if (batch === FORGOTTEN) {
    if (fields === undefined) return undefined;
    return { ...output, kind: 'forgotten', batchTime: numberOf(fields['batchTime']) };
  }
  const partitions = fields === undefined ? undefined : numberOf(fields['partitions']);
  const place = { batchTime: numberOf(batch), partition: Number(partition), partitions };
  return { ...output, kind: 'written', ...place };
}

function keyOf(
  target: string,
  {
    application,
    outputOperation,
    partition,
  }: Pick<SinkWrite, 'application' | 'outputOperation' | 'partition'>,
  batch: number | typeof FORGOTTEN,
): readonly unknown[] {
  return [VERSION, target, application, outputOperation, batch, partition];
}

function message(key: readonly unknown[], value: object): LedgerMessage {
  return { key: encoded(key), value: encoded(value) };
}

function encoded(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function parsed(bytes: Buffer | null): unknown {
  if (bytes === null) return undefined;
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function numberOf(value: unknown): number {
  if (Number.isFinite(value)) return value as number;
  throw foreign();
}

function foreign(): Error {
  return kafkaSinkError(
    'MR_SINK_KAFKA_LEDGER',
    'expected messages of a ledger only in the topic of the option ledgerTopic; choose another topic for the ledger',
  );
}
