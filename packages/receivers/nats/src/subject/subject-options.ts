// The options of `natsSubject`.
import {
  CONNECTION_RULES,
  connectionMismatches,
  type NatsConnectionInput,
  type NatsConnectionOptions,
} from '@millrace/connection-nats';
import {
  DECODING_RULES,
  type DecodingOptions,
  option,
  type OptionTable,
  required,
  schemaByTable,
  wholeNumber,
} from '@millrace/core/engine';
import { isSubjectList, SUBJECTS_EXPECTED } from '../jetstream/stream-rules.ts';

/** The options of subjects beside those of the connection and of messages. */
export interface SubjectReadingOptions {
  /** The subjects; wildcards are permitted. */
  readonly subjects: readonly string[];
  /** The queue group: each message goes to one of its members. Default: every receiver gets every message. */
  readonly queue?: string | undefined;
  /** The largest number of messages that wait while the engine has no room. Further messages are dropped and counted. */
  readonly maxQueued: number;
  /** The largest number of bytes of the waiting messages, with subjects and headers. */
  readonly maxQueuedBytes: number;
}

/** The options with every default filled in. */
export interface NatsSubjectOptions extends NatsConnectionOptions, DecodingOptions, SubjectReadingOptions {}

/** The options as an application writes them. */
export interface NatsSubjectInput
  extends NatsConnectionInput, Partial<DecodingOptions>, Partial<Omit<SubjectReadingOptions, 'subjects'>> {
  readonly subjects: readonly string[];
}

/** The rules of reading subjects. */
export const SUBJECT_RULES: OptionTable<SubjectReadingOptions> = {
  subjects: required(option<readonly string[]>(SUBJECTS_EXPECTED, isSubjectList)),
  queue: option(
    'a name without white space',
    (value) => typeof value === 'string' && /^\S{1,255}$/.test(value),
  ),
  maxQueued: wholeNumber(10_000),
  maxQueuedBytes: wholeNumber(33_554_432, 1_024),
};

/** Describes the options of `natsSubject`. */
export const natsSubjectOptions = schemaByTable<NatsSubjectInput, NatsSubjectOptions>(
  { ...SUBJECT_RULES, ...DECODING_RULES, ...CONNECTION_RULES },
  connectionMismatches,
);
