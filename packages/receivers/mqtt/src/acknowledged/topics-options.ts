// The options of `mqttTopics`.
import {
  DECODING_RULES,
  type DecodingOptions,
  IN_FLIGHT_RULES,
  type InFlightOptions,
  type OptionTable,
  required,
  schemaByTable,
  wholeNumberWithin,
} from '@millrace/core/engine';
import {
  CONNECTION_RULES,
  connectionMismatches,
  type MqttConnectionInput,
  type MqttConnectionOptions,
} from '../connection/connection-options.ts';
import { CLIENT_ID_RULE, TOPICS_RULE } from '../connection/topic-rules.ts';

/** The most unacknowledged messages in the protocol. */
export const RECORDS_IN_FLIGHT_MAX = 65_535;
const RECORDS_IN_FLIGHT = 5_000;
/** The protocol has 32 bits for a number of seconds. */
const EXPIRY_MAX_MS = 4_294_967_295_000;
const WEEK_MS = 604_800_000;

/** The options of acknowledged topics beside those of the connection, of messages and of records in flight. */
export interface TopicsReadingOptions {
  /** Topic filters, with `+` for a level and `#` for the rest; also `$share/group/filter`. */
  readonly topics: readonly string[];
  /**
   * The name of the session at the broker, the same after every start, and another one for every other receiver. The broker
   * keeps messages for the session while the receiver is away.
   */
  readonly clientId: string;
  /**
   * The time that the broker keeps the session while the receiver is away, in milliseconds, rounded up to seconds; later the
   * waiting messages are gone. For protocol 5; with 3.1.1 the broker decides.
   */
  readonly sessionExpiryMs: number;
}

/** The options with every default filled in. */
export interface MqttTopicsOptions
  extends MqttConnectionOptions, DecodingOptions, InFlightOptions, TopicsReadingOptions {}

/** The options as an application writes them. */
export interface MqttTopicsInput
  extends
    MqttConnectionInput,
    Partial<DecodingOptions>,
    Partial<InFlightOptions>,
    Partial<Omit<TopicsReadingOptions, 'topics' | 'clientId'>> {
  readonly topics: readonly string[];
  readonly clientId: string;
}

/** The rules of acknowledged topics. */
export const TOPICS_RULES: OptionTable<TopicsReadingOptions> = {
  topics: TOPICS_RULE,
  clientId: required(CLIENT_ID_RULE),
  sessionExpiryMs: wholeNumberWithin(1_000, EXPIRY_MAX_MS, WEEK_MS),
};

/** Describes the options of `mqttTopics`. */
export const mqttTopicsOptions = schemaByTable<MqttTopicsInput, MqttTopicsOptions>(
  {
    ...TOPICS_RULES,
    ...IN_FLIGHT_RULES,
    maxInFlight: wholeNumberWithin(1, RECORDS_IN_FLIGHT_MAX, RECORDS_IN_FLIGHT),
    ...DECODING_RULES,
    ...CONNECTION_RULES,
  },
  connectionMismatches,
);
