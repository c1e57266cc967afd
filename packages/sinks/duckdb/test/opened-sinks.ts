// Sinks of a database of their own, closed at the end of their test.
import type { Sink, SinkWrite } from '@millrace/core';
import { onTestFinished } from 'vitest';
import { duckdbSink, type DuckdbRow, type DuckdbSinkInput } from '../src/index.ts';
import { TemporaryDatabase } from './temporary-database.ts';

/** A database that is removed at the end of the test. */
export function testDatabase(): TemporaryDatabase {
  const database = new TemporaryDatabase();
  onTestFinished(() => database.remove());
  return database;
}

/** Opens a sink of the table `t`. */
export async function openSink<T = DuckdbRow>(
  { file }: TemporaryDatabase,
  options: Partial<DuckdbSinkInput<T>> = {},
  row?: (record: T) => DuckdbRow,
): Promise<Sink<T>> {
  const sink = duckdbSink<T>({ file, table: 't', columns: ['a'], ...options }, row);
  onTestFinished(() => sink.close?.());
  await sink.open?.();
  return sink;
}

/** The identity of a write. */
export function write(batchTime = 1_000, partition = 0, partitions = 1): SinkWrite {
  return { application: 'app', batchTime, outputOperation: 0, partition, partitions };
}
