// The options of every receiver of messages: the form of a record, and the bounds of unacknowledged records.
import { oneOf, type OptionTable, wholeNumber } from '../options/option-rules.ts';
import type { ValueForm } from './value-decoder.ts';

/** The form of the records of a receiver of messages. */
export interface DecodingOptions {
  /**
   * The form of the value of a message. `json`: JSON in UTF-8. `text`: text in UTF-8. `bytes`: the bytes as received, in
   * memory of their own.
   */
  readonly value: ValueForm;
  /**
   * The reaction to a message that is not in the form of `value`. `stop`: the receiver ends for good. `skip`: the message
   * is left out, counted and reported.
   */
  readonly onMalformed: 'stop' | 'skip';
  /** The record: the value alone, or the value with everything that the source says about the message. */
  readonly record: 'value' | 'full';
}

/** The rules of `DecodingOptions`. */
export const DECODING_RULES: OptionTable<DecodingOptions> = {
  value: oneOf(['json', 'text', 'bytes'], 'json'),
  onMalformed: oneOf(['stop', 'skip'], 'stop'),
  record: oneOf(['value', 'full'], 'value'),
};

/** The bounds of a receiver whose source waits for acknowledgements. */
export interface InFlightOptions {
  /** The largest number of stored, unacknowledged records. */
  readonly maxInFlight: number;
  /**
   * The largest number of bytes of messages that the receiver holds: received and not yet stored, or stored and
   * unacknowledged. One message may be larger, and is then held alone.
   */
  readonly maxBytesInFlight: number;
}

/** The rules of `InFlightOptions`. */
export const IN_FLIGHT_RULES: OptionTable<InFlightOptions> = {
  maxInFlight: wholeNumber(100_000),
  maxBytesInFlight: wholeNumber(33_554_432, 1_024),
};
