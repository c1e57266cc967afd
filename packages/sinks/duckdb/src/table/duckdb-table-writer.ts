// The writing of staged rows to one table, inside the transaction of a partition.
import type { SinkWrite } from '@millrace/core';
import type { DuckdbSession } from '../database/duckdb-session.ts';

/** Writes rows to a table. */
export interface DuckdbTableWriter {
  /** Writes the first `count` rows of the stage, inside a transaction. */
  put(session: DuckdbSession, write: SinkWrite, count: number): Promise<void>;
  /** Frees what `put` has left in memory. */
  empty(session: DuckdbSession): Promise<void>;
}
