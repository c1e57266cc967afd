// Sinks over a real server, closed at the end of their test.
import type { Sink, SinkWrite } from '@millrace/core';
import { onTestFinished } from 'vitest';
import { postgresSink, type PostgresRow, type PostgresSinkInput } from '../src/index.ts';
import type { Database } from './database.ts';

/** Opens a sink of the table `t`. */
export async function openSink<T = PostgresRow>(
  database: Database,
  options: Partial<PostgresSinkInput<T>> = {},
  row?: (record: T) => PostgresRow,
): Promise<Sink<T>> {
  const sink = postgresSink<T>({ ...database.place, table: 't', columns: ['a'], ...options }, row);
  onTestFinished(() => sink.close?.());
  await sink.open?.();
  return sink;
}

/** The identity of a write. */
export function write(batchTime = 1_000, partition = 0, partitions = 1): SinkWrite {
  return { application: 'app', batchTime, outputOperation: 0, partition, partitions };
}
