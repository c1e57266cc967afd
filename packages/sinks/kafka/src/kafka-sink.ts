// The public function of the package: batches as messages of a topic.
import { CONNECTION_SECRETS } from '@millrace/connection-kafka';
import type { Sink } from '@millrace/core';
import { validateOptions } from '@millrace/core/engine';
import { type KafkaSinkInput, kafkaSinkOptions } from './kafka-sink.options.ts';
import { KafkaTopicSink } from './kafka-topic-sink.ts';
import type { KafkaSinkMessage } from './messages/kafka-sink-message.ts';

/**
 * A sink that writes each partition of each batch to a topic, in one transaction: effectively once for readers of committed
 * messages.
 *
 * ```ts
 * const counts = new SinkWriter(
 *   kafkaSink<[string, number]>({ host: 'localhost', topic: 'counts' }, ([word, count]) => ({ key: word, value: count })),
 * );
 * stream.foreachPartition(counts.write);
 * ```
 *
 * @param message Converts a record to a message. Default: records are the values, without keys.
 * @throws `MR_CONFIG_INVALID_OPTION` with path, value and expectation.
 */
export function kafkaSink<T>(options: KafkaSinkInput, message?: (record: T) => KafkaSinkMessage): Sink<T> {
  const request = {
    owner: 'sink kafka',
    schema: kafkaSinkOptions,
    secrets: CONNECTION_SECRETS,
    input: options,
  };
  return new KafkaTopicSink<T>(validateOptions(request).options, message);
}
