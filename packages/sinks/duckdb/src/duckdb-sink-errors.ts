// The codes of this package. Each meaning names the remedy, and the disposition defines the engine's reaction: a database that
// another process has open is waited for, a failure that needs a human stops.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of @millrace/sink-duckdb with its meaning. */
export const DUCKDB_SINK_ERROR_CODES = {
  MR_SINK_DUCKDB_UNAVAILABLE: {
    disposition: 'stop-engine',
    meaning:
      'the native module of DuckDB cannot be loaded on this machine; the cause has the reason, for instance a platform without a build',
  },
  MR_SINK_DUCKDB_THREAD: {
    disposition: 'stop-engine',
    meaning:
      'the sink was opened outside of the main thread of its process; two threads would destroy the database, because each has a DuckDB of its own; use executors in the process of the driver, the master local',
  },
  MR_SINK_DUCKDB_LOCKED: {
    disposition: 'back-off',
    meaning:
      'another process has the database open, and DuckDB permits one process at a time, readers included; the message has its number; work resumes when that process closes the database',
  },
  MR_SINK_DUCKDB_BUSY: {
    disposition: 'retry',
    meaning:
      'another transaction of this process changed the same rows, and nothing was written; the write is tried again',
  },
  MR_SINK_DUCKDB_FULL: {
    disposition: 'back-off',
    meaning: 'the disk is full, and nothing was written; free some space, work resumes by itself',
  },
  MR_SINK_DUCKDB_MEMORY: {
    disposition: 'fail-batch',
    meaning:
      'the memory of memoryMiB does not suffice for a statement, and nothing was written; raise memoryMiB, or write smaller partitions to a table with a key',
  },
  MR_SINK_DUCKDB_VALUE: {
    disposition: 'fail-batch',
    meaning:
      'a value of a record does not fit the type of its column, and nothing of its partition was written; the message names the record',
  },
  MR_SINK_DUCKDB_CONSTRAINT: {
    disposition: 'fail-batch',
    meaning:
      'a record violates a constraint of the table, and nothing of its partition was written; the message names the record',
  },
  MR_SINK_DUCKDB_SCHEMA: {
    disposition: 'stop-engine',
    meaning:
      'the table, one of its columns or the unique index of the key is missing, or the ledger is another kind of table; correct the options or the database',
  },
  MR_SINK_DUCKDB_DENIED: {
    disposition: 'stop-engine',
    meaning:
      'the file cannot be opened or written to; check that its directory exists, and check owner and mode',
  },
  MR_SINK_DUCKDB_DAMAGED: {
    disposition: 'stop-engine',
    meaning:
      'the file is damaged, not a database, or of a newer DuckDB; restore the file, or write to another one',
  },
  MR_SINK_DUCKDB_REPLACED: {
    disposition: 'stop-engine',
    meaning:
      'the database was removed, renamed or replaced while open in the sink, or an older copy was put in its place; restore the file or decide about its rows, then start again',
  },
  MR_SINK_DUCKDB_FORGOTTEN: {
    disposition: 'fail-batch',
    meaning:
      'a batch is older than the ledger, so an earlier write of the batch cannot be detected; raise ledgerBatches, or choose another name for an application that starts over',
  },
  MR_SINK_DUCKDB_FAILED: {
    disposition: 'retry',
    meaning:
      'another failure of DuckDB; the cause contains the details, and a retry determines the outcome of the transaction',
  },
} as const satisfies ErrorCodeTable;

/** A code of this package. */
export type DuckdbSinkErrorCode = keyof typeof DUCKDB_SINK_ERROR_CODES;

/** Makes an error of this package's table. */
export const duckdbSinkError = errorFactory(DUCKDB_SINK_ERROR_CODES);
