// The public function of the package: batches as messages of a stream.
import { CONNECTION_SECRETS } from '@millrace/connection-nats';
import type { Sink } from '@millrace/core';
import { validateOptions } from '@millrace/core/engine';
import type { NatsSinkMessage } from './messages/nats-sink-message.ts';
import { type NatsSinkInput, natsSinkOptions } from './nats-sink.options.ts';
import { NatsStreamSink } from './nats-stream-sink.ts';

/**
 * A sink that writes each partition of each batch to a JetStream stream, in atomic batches with a ledger: effectively once.
 *
 * ```ts
 * const counts = new SinkWriter(
 *   natsSink<[string, number]>({ host: 'localhost', stream: 'COUNTS', subject: 'counts' }, ([word, count]) => ({
 *     subject: `counts.${word}`,
 *     value: count,
 *   })),
 * );
 * stream.foreachPartition(counts.write);
 * ```
 *
 * @param message Converts a record to a message. Default: records are the values, under the option `subject`.
 * @throws `MR_CONFIG_INVALID_OPTION` with path, value and expectation.
 */
export function natsSink<T>(options: NatsSinkInput, message?: (record: T) => NatsSinkMessage): Sink<T> {
  const request = {
    owner: 'sink nats',
    schema: natsSinkOptions,
    secrets: CONNECTION_SECRETS,
    input: options,
  };
  return new NatsStreamSink<T>(validateOptions(request).options, message);
}
