// The options of `amqpQueue`.
import {
  type AmqpConnectionInput,
  type AmqpConnectionOptions,
  CONNECTION_RULES,
  connectionMismatches,
} from '@millrace/connection-amqp';
import {
  DECODING_RULES,
  type DecodingOptions,
  flag,
  IN_FLIGHT_RULES,
  type InFlightOptions,
  option,
  type OptionTable,
  required,
  schemaByTable,
  wholeNumberWithin,
} from '@millrace/core/engine';

/** The protocol has 16 bits for the number of unacknowledged messages. */
export const PREFETCH_MAX = 65_535;
const PREFETCH = 5_000;
/** The protocol has 8 bits for the number of bytes of a name. */
const NAME_BYTES_MAX = 255;

/** The options of a queue beside those of the connection, of messages and of records in flight. */
export interface QueueReadingOptions {
  /** The name of the queue. */
  readonly queue: string;
  /** True: a missing queue is declared, durable and of the default type of the broker. */
  readonly create: boolean;
}

/** The options with every default filled in. */
export interface AmqpQueueOptions
  extends AmqpConnectionOptions, DecodingOptions, InFlightOptions, QueueReadingOptions {}

/** The options as an application writes them. */
export interface AmqpQueueInput
  extends
    AmqpConnectionInput,
    Partial<DecodingOptions>,
    Partial<InFlightOptions>,
    Partial<Omit<QueueReadingOptions, 'queue'>> {
  readonly queue: string;
}

/** The rules of a queue. */
export const QUEUE_RULES: OptionTable<QueueReadingOptions> = {
  queue: required(
    option<string>(
      'a name of 1 to 255 bytes',
      (value) =>
        typeof value === 'string' &&
        value !== '' &&
        value.isWellFormed() &&
        Buffer.byteLength(value) <= NAME_BYTES_MAX,
    ),
  ),
  create: flag(false),
};

/** Describes the options of `amqpQueue`. */
export const amqpQueueOptions = schemaByTable<AmqpQueueInput, AmqpQueueOptions>(
  {
    ...QUEUE_RULES,
    ...IN_FLIGHT_RULES,
    maxInFlight: wholeNumberWithin(1, PREFETCH_MAX, PREFETCH),
    ...DECODING_RULES,
    ...CONNECTION_RULES,
  },
  connectionMismatches,
);
