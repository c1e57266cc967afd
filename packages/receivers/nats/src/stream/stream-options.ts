// The options of `jetstreamStream`.
import {
  CONNECTION_RULES,
  connectionMismatches,
  type NatsConnectionInput,
  type NatsConnectionOptions,
} from '@millrace/connection-nats';
import {
  DECODING_RULES,
  type DecodingOptions,
  flag,
  oneOf,
  option,
  type OptionTable,
  schemaByTable,
  wholeNumber,
} from '@millrace/core/engine';
import {
  isSubjectList,
  type JetStreamStart,
  nameRule,
  requiredName,
  START_RULE,
  SUBJECTS_EXPECTED,
} from '../jetstream/stream-rules.ts';

/** The options of a stream beside those of the connection and of messages. */
export interface StreamReadingOptions {
  /** The stream. */
  readonly stream: string;
  /** The subjects; wildcards are permitted. Default: all of the stream. */
  readonly subjects?: readonly string[] | undefined;
  /**
   * The first message of a new stream of the program. `earliest`: the oldest one. `latest`: the next one to be written, at every
   * start until a record has been stored. `{ timestampMs }`: the first one of that time or later. `{ sequence }`: the first one
   * of that number or higher. A stream that was read before goes on behind its last registered record.
   */
  readonly from: JetStreamStart;
  /**
   * The reaction when messages behind the last registered one are gone. `stop`: the receiver ends for good. `earliest`: the
   * receiver goes on with the oldest message, and reports the gap.
   */
  readonly onGap: 'stop' | 'earliest';
  /**
   * True: the log has ranges of the stream in place of records. False for a stream that keeps only the last messages of each
   * subject: the log has the records.
   */
  readonly ranges: boolean;
  /**
   * The largest number of bytes of messages that the receiver holds, received and not yet stored. One message may be larger,
   * and is then held alone.
   */
  readonly maxBytesInFlight: number;
  /** The JetStream domain. Default: that of the server. */
  readonly domain?: string | undefined;
}

/** The options with every default filled in. */
export interface JetstreamStreamOptions
  extends NatsConnectionOptions, DecodingOptions, StreamReadingOptions {}

/** The options as an application writes them. */
export interface JetstreamStreamInput
  extends NatsConnectionInput, Partial<DecodingOptions>, Partial<Omit<StreamReadingOptions, 'stream'>> {
  readonly stream: string;
}

/** The rules of reading a stream. */
export const STREAM_RULES: OptionTable<StreamReadingOptions> = {
  stream: requiredName('the name of a stream'),
  subjects: option(SUBJECTS_EXPECTED, isSubjectList),
  from: START_RULE,
  onGap: oneOf(['stop', 'earliest'], 'stop'),
  ranges: flag(true),
  maxBytesInFlight: wholeNumber(2_097_152, 1_024),
  domain: nameRule('the name of a domain'),
};

/** Describes the options of `jetstreamStream`. */
export const jetstreamStreamOptions = schemaByTable<JetstreamStreamInput, JetstreamStreamOptions>(
  { ...STREAM_RULES, ...DECODING_RULES, ...CONNECTION_RULES },
  connectionMismatches,
);
