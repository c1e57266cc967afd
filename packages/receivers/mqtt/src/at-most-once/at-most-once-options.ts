// The options of `mqttAtMostOnce`.
import {
  DECODING_RULES,
  type DecodingOptions,
  type OptionTable,
  schemaByTable,
  wholeNumber,
} from '@millrace/core/engine';
import {
  CONNECTION_RULES,
  connectionMismatches,
  type MqttConnectionInput,
  type MqttConnectionOptions,
} from '../connection/connection-options.ts';
import { CLIENT_ID_RULE, TOPICS_RULE } from '../connection/topic-rules.ts';

/** The options of topics without acknowledgement beside those of the connection and of messages. */
export interface AtMostOnceReadingOptions {
  /** Topic filters, with `+` for a level and `#` for the rest; also `$share/group/filter`. */
  readonly topics: readonly string[];
  /** The name of this client, which no other client may have. Default: a name that the broker chooses. */
  readonly clientId?: string | undefined;
  /**
   * The largest number of bytes of messages that wait for room in the engine. Messages that arrive beyond are dropped, counted
   * and reported.
   */
  readonly maxBytesHeld: number;
}

/** The options with every default filled in. */
export interface MqttAtMostOnceOptions
  extends MqttConnectionOptions, DecodingOptions, AtMostOnceReadingOptions {}

/** The options as an application writes them. */
export interface MqttAtMostOnceInput
  extends MqttConnectionInput, Partial<DecodingOptions>, Partial<Omit<AtMostOnceReadingOptions, 'topics'>> {
  readonly topics: readonly string[];
}

/** The rules of topics without acknowledgement. */
export const AT_MOST_ONCE_RULES: OptionTable<AtMostOnceReadingOptions> = {
  topics: TOPICS_RULE,
  clientId: CLIENT_ID_RULE,
  maxBytesHeld: wholeNumber(4_194_304, 0),
};

/** Describes the options of `mqttAtMostOnce`. */
export const mqttAtMostOnceOptions = schemaByTable<MqttAtMostOnceInput, MqttAtMostOnceOptions>(
  { ...AT_MOST_ONCE_RULES, ...DECODING_RULES, ...CONNECTION_RULES },
  connectionMismatches,
);
