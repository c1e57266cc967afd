// The options of `jetstreamRecords`.
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
  IN_FLIGHT_RULES,
  type InFlightOptions,
  option,
  type OptionTable,
  schemaByTable,
  wholeNumberWithin,
} from '@millrace/core/engine';
import {
  isSubjectList,
  type JetStreamStart,
  nameRule,
  requiredName,
  START_RULE,
  SUBJECTS_EXPECTED,
} from '../jetstream/stream-rules.ts';

/** The most unacknowledged records that the option `maxInFlight` permits. */
export const RECORDS_IN_FLIGHT_MAX = 1_000_000;

/** The options of a consumer beside those of the connection, of messages and of records in flight. */
export interface RecordsReadingOptions {
  /** The stream. */
  readonly stream: string;
  /** The durable pull consumer. Several receivers may share one; each message goes to one of them. */
  readonly consumer: string;
  /** True: a missing consumer is made, with the options below. */
  readonly create: boolean;
  /** The subjects of a consumer that is made; wildcards are permitted. Default: all of the stream. */
  readonly subjects?: readonly string[] | undefined;
  /**
   * The first message of a consumer that is made. `earliest`: the oldest one of the stream. `latest`: the next one to be
   * written. `{ timestampMs }`: the first one of that time or later. `{ sequence }`: the first one of that number or higher.
   */
  readonly from: JetStreamStart;
  /**
   * For a consumer that is made: the time after which messages come again that were not acknowledged, in milliseconds. Messages
   * of a running receiver never do: their time is renewed. After the death of a process its messages come again that much later.
   */
  readonly ackWaitMs: number;
  /** The JetStream domain. Default: that of the server. */
  readonly domain?: string | undefined;
}

/** The options with every default filled in. */
export interface JetstreamRecordsOptions
  extends NatsConnectionOptions, DecodingOptions, InFlightOptions, RecordsReadingOptions {}

/** The options as an application writes them. */
export interface JetstreamRecordsInput
  extends
    NatsConnectionInput,
    Partial<DecodingOptions>,
    Partial<InFlightOptions>,
    Partial<Omit<RecordsReadingOptions, 'stream' | 'consumer'>> {
  readonly stream: string;
  readonly consumer: string;
}

/** The rules of reading by a consumer. */
export const RECORDS_RULES: OptionTable<RecordsReadingOptions> = {
  stream: requiredName('the name of a stream'),
  consumer: requiredName('the name of a consumer'),
  create: flag(false),
  subjects: option(SUBJECTS_EXPECTED, isSubjectList),
  from: START_RULE,
  ackWaitMs: wholeNumberWithin(500, 86_400_000, 30_000),
  domain: nameRule('the name of a domain'),
};

/** Describes the options of `jetstreamRecords`. */
export const jetstreamRecordsOptions = schemaByTable<JetstreamRecordsInput, JetstreamRecordsOptions>(
  {
    ...RECORDS_RULES,
    ...IN_FLIGHT_RULES,
    maxInFlight: wholeNumberWithin(1, RECORDS_IN_FLIGHT_MAX, IN_FLIGHT_RULES.maxInFlight.fallback),
    ...DECODING_RULES,
    ...CONNECTION_RULES,
  },
  connectionMismatches,
);
