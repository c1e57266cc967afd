// Sinks over a real server, closed at the end of their test.
import type { Sink, SinkWrite } from '@millrace/core';
import { onTestFinished } from 'vitest';
import { type RedisRow, redisSink, type RedisSinkInput } from '../src/index.ts';
import type { RedisDatabase } from './redis-database.ts';

/** Opens a sink of the stream `rows`, unless the options say otherwise. */
export async function openSink<T = unknown>(
  { server }: RedisDatabase,
  options: Partial<RedisSinkInput>,
  row?: (record: T) => RedisRow,
): Promise<Sink<T>> {
  const place = options.url === undefined ? { host: '127.0.0.1', port: server.port } : {};
  const form = options.as === undefined ? { as: 'stream' as const, key: 'rows' } : { as: options.as };
  const sink = redisSink<T>({ ...place, ...form, ...options }, row);
  onTestFinished(() => sink.close?.());
  await sink.open?.();
  return sink;
}

/** The identity of a write. */
export function write(batchTime = 1_000, partition = 0, partitions = 1): SinkWrite {
  return { application: 'app', batchTime, outputOperation: 0, partition, partitions };
}
