// The public function of the package: batches as entries of streams, elements of lists, hashes and texts, each written once.
import { CONNECTION_SECRETS } from '@millrace/connection-redis';
import type { Sink } from '@millrace/core';
import { validateOptions } from '@millrace/core/engine';
import { type RedisSinkInput, redisSinkOptions } from './redis-sink.options.ts';
import { RedisRowsSink } from './redis-rows-sink.ts';
import type { RedisRow } from './rows/row-parts.ts';

/**
 * A sink that writes each partition of each batch together with its place in a ledger, effectively once.
 *
 * ```ts
 * const counts = new SinkWriter(
 *   redisSink<[string, number]>({ host: 'localhost', as: 'hash' }, ([word, count]) => ({
 *     key: `word:${word}`,
 *     fields: { count },
 *   })),
 * );
 * stream.foreachPartition(counts.write);
 * ```
 *
 * @param row Converts a record to a row. Default: for `stream` the field `value` has the record as JSON, for `list` the element
 *   is the record as JSON, and for `hash` and `string` records are rows.
 * @throws `MR_CONFIG_INVALID_OPTION` with path, value and expectation.
 */
export function redisSink<T>(options: RedisSinkInput, row?: (record: T) => RedisRow): Sink<T> {
  const { options: valid } = validateOptions({
    owner: 'sink redis',
    schema: redisSinkOptions,
    secrets: CONNECTION_SECRETS,
    input: options,
  });
  return new RedisRowsSink<T>(valid, row);
}
