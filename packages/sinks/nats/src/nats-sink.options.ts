// The options of `natsSink`.
import {
  CONNECTION_RULES,
  connectionMismatches,
  type NatsConnectionInput,
  type NatsConnectionOptions,
} from '@millrace/connection-nats';
import {
  type Mismatch,
  oneOf,
  option,
  type OptionTable,
  required,
  schemaByTable,
  wholeNumberWithin,
} from '@millrace/core/engine';
import { isInside, isSubject } from './subjects/subjects.ts';

/** The options of stream and messages. */
export interface NatsTargetOptions {
  /** The stream. */
  readonly stream: string;
  /** The subject of the messages, one of the stream's; a message may have another one. */
  readonly subject: string;
  /**
   * `effectively-once`: atomic batches hold the records and messages of the ledger, and a repeated write changes nothing; needs a
   * server from 2.12 on and a stream with `allow_atomic`. `at-least-once`: each message has an id, and the stream leaves a
   * repeated message out within its `duplicate_window`.
   */
  readonly delivery: 'effectively-once' | 'at-least-once';
  /** The form of values: JSON text, text, or bytes (`Uint8Array`). */
  readonly value: 'json' | 'text' | 'bytes';
  /** The largest number of records of one atomic batch. The server permits 1,000 messages. */
  readonly batchRecords: number;
  /** The size of one atomic batch, in bytes; a larger message goes alone. */
  readonly batchBytes: number;
  /** The largest number of partitions of one executor that are written at once. The server permits 50 open batches of a stream. */
  readonly writers: number;
  /**
   * The beginning of the subjects of the sink's own record of writes. The subjects of the stream have to cover these subjects.
   * Default: `millrace.ledger.` and the name of the stream.
   */
  readonly ledgerSubject?: string | undefined;
  /** The least number of batches of each output operation in the ledger. */
  readonly ledgerBatches: number;
  /** The JetStream domain. Default: that of the server. */
  readonly domain?: string | undefined;
}

/** The options with every default filled in. */
export interface NatsSinkOptions extends NatsConnectionOptions, NatsTargetOptions {}

/** The options as an application writes them. */
export interface NatsSinkInput
  extends
    NatsConnectionInput,
    Pick<NatsTargetOptions, 'stream' | 'subject'>,
    Partial<Omit<NatsTargetOptions, 'stream' | 'subject'>> {}

/** Names of streams and domains: no white space, dots, wildcards and slashes. */
const NAME = /^[^\s.*>/\\]{1,255}$/;
const SUBJECT_EXPECTED = 'a subject without wildcards';

/** The rules of stream, messages and ledger. */
export const STREAM_RULES: OptionTable<NatsTargetOptions> = {
  stream: required(option<string>('the name of a stream', isName)),
  subject: required(option<string>(SUBJECT_EXPECTED, isSubject)),
  delivery: oneOf(['effectively-once', 'at-least-once'], 'effectively-once'),
  value: oneOf(['json', 'text', 'bytes'], 'json'),
  batchRecords: wholeNumberWithin(1, 999, 900),
  batchBytes: wholeNumberWithin(1_024, 67_108_864, 4_194_304),
  writers: wholeNumberWithin(1, 50, 16),
  ledgerSubject: option(SUBJECT_EXPECTED, isSubject),
  ledgerBatches: wholeNumberWithin(1, 1_000_000, 10_000),
  domain: option('the name of a domain', isName),
};

/** Describes the options of `natsSink`. */
export const natsSinkOptions = schemaByTable<NatsSinkInput, NatsSinkOptions>(
  { ...STREAM_RULES, ...CONNECTION_RULES },
  (options) => [...connectionMismatches(options), ...subjectMismatches(options)],
);

/** The beginning of the subjects of the ledger. */
export function ledgerSubjectOf({ stream, ledgerSubject }: NatsSinkOptions): string {
  return ledgerSubject ?? `millrace.ledger.${stream}`;
}

function subjectMismatches(options: NatsSinkOptions): readonly Mismatch<NatsSinkOptions>[] {
  return isInside(options.subject, `${ledgerSubjectOf(options)}.>`)
    ? [{ name: 'subject', expected: 'a subject outside of the ledger' }]
    : [];
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && NAME.test(value);
}
