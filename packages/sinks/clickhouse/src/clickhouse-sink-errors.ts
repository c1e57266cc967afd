// The codes of this package. Each meaning names the remedy, and the disposition defines the engine's reaction: an absent or
// busy server is waited for, rows that do not fit fail their batch, a failure that needs a human stops.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of @millrace/sink-clickhouse with its meaning. */
export const CLICKHOUSE_SINK_ERROR_CODES = {
  MR_SINK_CLICKHOUSE_UNREACHABLE: {
    disposition: 'back-off',
    meaning:
      'the server did not answer, or the connection broke; the write is tried again with growing delays, and an insert whose answer was lost is recognised by its token',
  },
  MR_SINK_CLICKHOUSE_BUSY: {
    disposition: 'back-off',
    meaning:
      'the server has too many queries or too many parts, a quorum is missing, or another sink began the same batch; the write is tried again with growing delays',
  },
  MR_SINK_CLICKHOUSE_READ_ONLY: {
    disposition: 'back-off',
    meaning: 'the table or the server accepts no writes; the write is tried again with growing delays',
  },
  MR_SINK_CLICKHOUSE_FULL: {
    disposition: 'back-off',
    meaning: 'the server has no space or memory left; free some, work resumes by itself',
  },
  MR_SINK_CLICKHOUSE_DENIED: {
    disposition: 'stop-engine',
    meaning:
      'the server refused the user or the password, or the user lacks a privilege; the user needs INSERT and SELECT on the table and the ledger, and CREATE TABLE for a missing ledger',
  },
  MR_SINK_CLICKHOUSE_TLS_UNUSABLE: {
    disposition: 'stop-engine',
    meaning:
      'the files named by the option tls cannot be read or do not match; the message contains the reason',
  },
  MR_SINK_CLICKHOUSE_SCHEMA: {
    disposition: 'stop-engine',
    meaning:
      'the database, the table or one of its columns is missing or not fit for the sink; correct the options or the database',
  },
  MR_SINK_CLICKHOUSE_NO_WINDOW: {
    disposition: 'stop-engine',
    meaning:
      'the table remembers no deduplication tokens, so rows could be doubled; set non_replicated_deduplication_window of the table, take a replicated engine, or claim only at-least-once by the option delivery',
  },
  MR_SINK_CLICKHOUSE_VALUE: {
    disposition: 'fail-batch',
    meaning: 'a value of a record does not fit the type of its column, or a row breaks a constraint',
  },
  MR_SINK_CLICKHOUSE_FORGOTTEN: {
    disposition: 'fail-batch',
    meaning:
      'the ledger no longer has the batch, which the server has seen before, so an earlier write cannot be excluded; raise ledgerDays, or choose another name for an application that starts over',
  },
  MR_SINK_CLICKHOUSE_FAILED: {
    disposition: 'retry',
    meaning: 'the server answered with another error; the message contains the code of ClickHouse',
  },
} as const satisfies ErrorCodeTable;

/** A code of this package. */
export type ClickhouseSinkErrorCode = keyof typeof CLICKHOUSE_SINK_ERROR_CODES;

/** Makes an error of this package's table. */
export const clickhouseSinkError = errorFactory(CLICKHOUSE_SINK_ERROR_CODES);
