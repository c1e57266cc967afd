// The public function of the package: batches as requests to an HTTP server.
import type { Sink } from '@millrace/core';
import { validateOptions } from '@millrace/core/engine';
import { HTTP_SINK_SECRETS, type HttpSinkInput, httpSinkOptions } from './http-sink.options.ts';
import { type HttpSinkWorld, wholeWorld } from './http-sink-world.ts';
import { RequestSink } from './request-sink.ts';

/**
 * A sink that sends each partition of each batch in requests, each with an `Idempotency-Key` that is the same on every
 * repetition. At-least-once; effectively-once with `delivery: 'effectively-once'`, for a server that keeps the keys.
 *
 * ```ts
 * const orders = new SinkWriter(httpSink<Order>({ url: 'https://shop.example/orders', token: process.env['SHOP_TOKEN'] }));
 * stream.foreachPartition(orders.write);
 * ```
 *
 * @param convert Converts a record to a JSON value. Default: the record itself.
 * @param world The network, time and chance; for tests, and for a `fetch` with certificates of its own.
 * @throws `MR_CONFIG_INVALID_OPTION` with path, value and expectation.
 */
export function httpSink<T>(
  options: HttpSinkInput,
  convert?: (record: T) => unknown,
  world: Partial<HttpSinkWorld> = {},
): Sink<T> {
  const request = {
    owner: 'sink http',
    schema: httpSinkOptions,
    secrets: HTTP_SINK_SECRETS,
    input: options,
  };
  return new RequestSink<T>(validateOptions(request).options, { convert, world: wholeWorld(world) });
}
