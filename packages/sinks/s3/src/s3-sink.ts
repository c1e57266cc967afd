// The public function of the package: batches as objects of a store, each written once.
import type { Sink } from '@millrace/core';
import { validateOptions } from '@millrace/core/engine';
import { ObjectSink } from './object-sink.ts';
import { S3_SINK_SECRETS, type S3SinkInput, s3SinkOptions } from './s3-sink.options.ts';

/**
 * A sink that writes each partition of each batch to an object of its own, effectively once.
 *
 * ```ts
 * const orders = new SinkWriter(s3Sink<Order>({ bucket: 'shop', prefix: 'orders/', region: 'eu-central-1' }));
 * stream.foreachPartition(orders.write);
 * ```
 *
 * @throws `MR_CONFIG_INVALID_OPTION` with path, value and expectation.
 */
export function s3Sink<T>(options: S3SinkInput): Sink<T> {
  const request = { owner: 'sink s3', schema: s3SinkOptions, secrets: S3_SINK_SECRETS, input: options };
  return new ObjectSink<T>(validateOptions(request).options);
}
