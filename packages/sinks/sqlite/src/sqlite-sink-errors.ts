// The codes of this package. Each meaning names the remedy, and the disposition defines the engine's reaction: a
// temporary failure is retried, a lack of space waits for space, a failure that needs a human stops.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of @millrace/sink-sqlite with its meaning. */
export const SQLITE_SINK_ERROR_CODES = {
  MR_SINK_SQLITE_UNAVAILABLE: {
    disposition: 'stop-engine',
    meaning: 'this version of Node does not include SQLite; use Node 22.13 or newer',
  },
  MR_SINK_SQLITE_BUSY: {
    disposition: 'retry',
    meaning: 'another connection locked the database for longer than busyTimeoutMs; nothing was written',
  },
  MR_SINK_SQLITE_FULL: {
    disposition: 'back-off',
    meaning:
      'the disk or the database is full and nothing was written; free some space, work resumes by itself',
  },
  MR_SINK_SQLITE_CONSTRAINT: {
    disposition: 'fail-batch',
    meaning:
      'a record violates a constraint of the table, and nothing of its partition was written; the message names both',
  },
  MR_SINK_SQLITE_SCHEMA: {
    disposition: 'stop-engine',
    meaning:
      'the table, one of its columns or the unique index of the key is missing, or the ledger has another schema; correct the options or the database',
  },
  MR_SINK_SQLITE_DENIED: {
    disposition: 'stop-engine',
    meaning:
      'the file cannot be opened or written to; check that its directory exists, and check owner and mode',
  },
  MR_SINK_SQLITE_DAMAGED: {
    disposition: 'stop-engine',
    meaning: 'the file is damaged or not a database; restore the file, or write to another one',
  },
  MR_SINK_SQLITE_REPLACED: {
    disposition: 'stop-engine',
    meaning:
      'the database, or a file that belongs to the database, was removed, renamed or replaced while open in the sink; restore the file or decide about its rows, then start again',
  },
  MR_SINK_SQLITE_JOURNAL_MODE: {
    disposition: 'stop-engine',
    meaning:
      'the journal mode of the database differs from journalMode; a log needs a local disk, and no other connection may be open when the mode changes',
  },
  MR_SINK_SQLITE_FAILED: {
    disposition: 'retry',
    meaning:
      'SQLite failed with another error; the cause contains the details, and a retry determines the outcome of the transaction',
  },
  MR_SINK_SQLITE_FORGOTTEN: {
    disposition: 'fail-batch',
    meaning:
      'a batch is older than the ledger, so an earlier write of the batch cannot be detected; raise ledgerBatches, or choose another name for an application that starts over',
  },
} as const satisfies ErrorCodeTable;

/** Makes an error of this package's table. */
export const sqliteSinkError = errorFactory(SQLITE_SINK_ERROR_CODES);
