// The codes of this package. Each says what somebody has to do about it, and its disposition says what the engine does
// meanwhile: what passes by itself is tried again, what needs room waits for it, what needs a human stops.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of @millrace/sink-sqlite with its meaning. */
export const SQLITE_SINK_ERROR_CODES = {
  MR_SINK_SQLITE_UNAVAILABLE: {
    disposition: 'stop-engine',
    meaning: 'this Node has no SQLite inside; use Node 22.13 or newer',
  },
  MR_SINK_SQLITE_BUSY: {
    disposition: 'retry',
    meaning: 'another connection kept the database locked for longer than busyTimeoutMs; nothing was written',
  },
  MR_SINK_SQLITE_FULL: {
    disposition: 'back-off',
    meaning: 'the disk or the database is full and nothing was written; make room, work resumes by itself',
  },
  MR_SINK_SQLITE_CONSTRAINT: {
    disposition: 'fail-batch',
    meaning:
      'a record breaks a constraint of the table, and nothing of its partition was written; the message names both',
  },
  MR_SINK_SQLITE_SCHEMA: {
    disposition: 'stop-engine',
    meaning:
      'the table or one of its columns is not there, or the ledger is something else; correct the options or the database',
  },
  MR_SINK_SQLITE_DENIED: {
    disposition: 'stop-engine',
    meaning:
      'the file cannot be opened or not be written to; check that its directory is there, owner and mode',
  },
  MR_SINK_SQLITE_DAMAGED: {
    disposition: 'stop-engine',
    meaning: 'the file is no database or a damaged one; restore it, or write to another',
  },
  MR_SINK_SQLITE_REPLACED: {
    disposition: 'stop-engine',
    meaning:
      'the database, or a file that belongs to it, was removed, renamed or replaced while the sink had it open; put it back or decide what becomes of its rows, then start again',
  },
  MR_SINK_SQLITE_JOURNAL_MODE: {
    disposition: 'stop-engine',
    meaning:
      'the database does not keep its journal as journalMode says; a log needs a local disk, and no other connection may be open when the mode changes',
  },
  MR_SINK_SQLITE_FAILED: {
    disposition: 'retry',
    meaning:
      'SQLite failed otherwise; the cause says how, and a retry finds out what became of the transaction',
  },
  MR_SINK_SQLITE_FORGOTTEN: {
    disposition: 'fail-batch',
    meaning:
      'a batch is older than the ledger remembers, so nobody can tell whether it was written; raise ledgerBatches, or give the application another name if it begins anew',
  },
} as const satisfies ErrorCodeTable;

/** Makes an error of this package's table. */
export const sqliteSinkError = errorFactory(SQLITE_SINK_ERROR_CODES);
