// The public function of the package: batches as messages of an exchange.
import { CONNECTION_SECRETS } from '@millrace/connection-amqp';
import type { Sink } from '@millrace/core';
import { validateOptions } from '@millrace/core/engine';
import { type AmqpSinkInput, amqpSinkOptions } from './amqp-sink.options.ts';
import { ExchangeSink } from './exchange-sink.ts';
import type { AmqpSinkMessage } from './records/message-bodies.ts';

/**
 * A sink that publishes each record as a message, confirmed by the broker: at least once. The `messageId` of a message is made of
 * the identity of the write and the place of the record, so a repetition has the same ids.
 *
 * ```ts
 * const orders = new SinkWriter(amqpSink<Order>({ host: 'localhost', routingKey: 'orders' }));
 * stream.foreachPartition(orders.write);
 * ```
 *
 * @param convert Makes the message of a record. Default: the record is the value.
 * @throws `MR_CONFIG_INVALID_OPTION` with path, value and expectation.
 */
export function amqpSink<T>(options: AmqpSinkInput, convert?: (record: T) => AmqpSinkMessage): Sink<T> {
  const request = {
    owner: 'sink amqp',
    schema: amqpSinkOptions,
    secrets: CONNECTION_SECRETS,
    input: options,
  };
  return new ExchangeSink<T>(validateOptions(request).options, convert);
}
