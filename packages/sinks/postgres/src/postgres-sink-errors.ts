// The codes of this package. Each meaning names the remedy, and the disposition defines the engine's reaction: a transaction
// that was in the way is tried again, an absent server is waited for, a failure that needs a human stops.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of @millrace/sink-postgres with its meaning. */
export const POSTGRES_SINK_ERROR_CODES = {
  MR_SINK_POSTGRES_UNREACHABLE: {
    disposition: 'back-off',
    meaning:
      'the server did not answer, the connection broke, or the server has no connection left; the write is tried again with growing delays, and the ledger tells whether a lost commit took place',
  },
  MR_SINK_POSTGRES_READ_ONLY: {
    disposition: 'back-off',
    meaning:
      'the server accepts no writes, for instance a standby before its promotion; the write is tried again with growing delays',
  },
  MR_SINK_POSTGRES_FULL: {
    disposition: 'back-off',
    meaning:
      'the server has no space or memory left, and nothing was written; free some, work resumes by itself',
  },
  MR_SINK_POSTGRES_BUSY: {
    disposition: 'retry',
    meaning:
      'another transaction was in the way: a deadlock, a serialization failure, or a lock that lasted longer than lockTimeoutMs; nothing was written',
  },
  MR_SINK_POSTGRES_DENIED: {
    disposition: 'stop-engine',
    meaning:
      'the server refused the user, the password or the database, or the user lacks a privilege; the user needs INSERT and SELECT on the table and the ledger, DELETE on the ledger, UPDATE and DELETE on a table with a key, and CREATE on the schema for a missing ledger',
  },
  MR_SINK_POSTGRES_TLS_UNUSABLE: {
    disposition: 'stop-engine',
    meaning:
      'the files named by the option tls cannot be read or do not match; the message contains the reason',
  },
  MR_SINK_POSTGRES_SCHEMA: {
    disposition: 'stop-engine',
    meaning:
      'the table, one of its columns or the unique index of the key is missing, or the table is not fit for the sink; correct the options or the database',
  },
  MR_SINK_POSTGRES_VALUE: {
    disposition: 'fail-batch',
    meaning:
      'a value of a record does not fit the type of its column, and nothing of its partition was written; the message names both',
  },
  MR_SINK_POSTGRES_CONSTRAINT: {
    disposition: 'fail-batch',
    meaning:
      'a record violates a constraint of the table, and nothing of its partition was written; the message names both',
  },
  MR_SINK_POSTGRES_FORGOTTEN: {
    disposition: 'fail-batch',
    meaning:
      'a batch is older than the ledger, so an earlier write of the batch cannot be detected; raise ledgerBatches, or choose another name for an application that starts over',
  },
  MR_SINK_POSTGRES_ROLLED_BACK: {
    disposition: 'stop-engine',
    meaning:
      'the database no longer has a write that it had committed: a standby without the write took over, a backup was restored, or rows of the ledger were removed; decide about the lost rows, then start again',
  },
  MR_SINK_POSTGRES_FAILED: {
    disposition: 'retry',
    meaning: 'the server answered with another error; the message contains the SQLSTATE code',
  },
} as const satisfies ErrorCodeTable;

/** A code of this package. */
export type PostgresSinkErrorCode = keyof typeof POSTGRES_SINK_ERROR_CODES;

/** Makes an error of this package's table. */
export const postgresSinkError = errorFactory(POSTGRES_SINK_ERROR_CODES);
