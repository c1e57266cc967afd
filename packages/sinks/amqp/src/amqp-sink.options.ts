// The options of `amqpSink`.
import {
  type AmqpConnectionInput,
  type AmqpConnectionOptions,
  CONNECTION_RULES,
  connectionMismatches,
} from '@millrace/connection-amqp';
import {
  flag,
  type Mismatch,
  oneOf,
  option,
  type OptionTable,
  schemaByTable,
  type ValueForm,
  wholeNumberWithin,
} from '@millrace/core/engine';

/** The protocol has 8 bits for the number of bytes of a name. */
const NAME_BYTES_MAX = 255;

/** The options of publishing beside those of the connection. */
export interface PublishingOptions {
  /** The exchange. Empty: the default exchange, whose routing keys are names of queues. */
  readonly exchange: string;
  /** The routing key of messages that bring no key of their own; the name of the queue for the default exchange. */
  readonly routingKey: string;
  /** The form of the value of a message. `json`: JSON in UTF-8. `text`: a string in UTF-8. `bytes`: a `Uint8Array`. */
  readonly value: ValueForm;
  /** True: the broker keeps messages in durable queues through its restart. */
  readonly persistent: boolean;
  /** True: a message that no queue takes fails the write. False: the broker drops such messages. */
  readonly mandatory: boolean;
  /** The largest number of messages of one partition that wait for the confirmation of the broker. */
  readonly maxUnconfirmed: number;
  /**
   * The size of a partition, in bytes, up to which every record is converted before the first message is sent; also the largest
   * number of bytes that wait for their confirmation.
   */
  readonly bytesInMemory: number;
  /** The longest time without a confirmation, in milliseconds. The connection is given up then. */
  readonly confirmTimeoutMs: number;
}

/** The options with every default filled in. */
export interface AmqpSinkOptions extends AmqpConnectionOptions, PublishingOptions {}

/** The options as an application writes them. */
export interface AmqpSinkInput extends AmqpConnectionInput, Partial<PublishingOptions> {}

const name = (fallback: string) => option<string>('a text of at most 255 bytes', isName, fallback);

/** True for a name of an exchange, and for a routing key. */
export function isName(value: unknown): value is string {
  return typeof value === 'string' && value.isWellFormed() && Buffer.byteLength(value) <= NAME_BYTES_MAX;
}

/** The rules of publishing. */
export const PUBLISHING_RULES: OptionTable<PublishingOptions> = {
  exchange: name(''),
  routingKey: name(''),
  value: oneOf(['json', 'text', 'bytes'], 'json'),
  persistent: flag(true),
  mandatory: flag(true),
  maxUnconfirmed: wholeNumberWithin(1, 1_000_000, 5_000),
  bytesInMemory: wholeNumberWithin(0, 268_435_456, 8_388_608),
  confirmTimeoutMs: wholeNumberWithin(1, 3_600_000, 60_000),
};

/** Describes the options of `amqpSink`. */
export const amqpSinkOptions = schemaByTable<AmqpSinkInput, AmqpSinkOptions>(
  { ...PUBLISHING_RULES, ...CONNECTION_RULES },
  (options): readonly Mismatch<AmqpSinkOptions>[] => {
    const { exchange, routingKey } = options;
    const isNowhere = exchange === '' && routingKey === '';
    return [
      ...connectionMismatches(options),
      ...(isNowhere
        ? [{ name: 'exchange', expected: 'an exchange, or the routingKey of a queue' } as const]
        : []),
    ];
  },
);
