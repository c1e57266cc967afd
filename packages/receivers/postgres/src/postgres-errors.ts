// The codes of this package. A lost server is not a failure of the engine: the receiver is restarted with growing delays. A
// setting that no restart can fix stops the engine.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of @millrace/receiver-postgres with its meaning. */
export const POSTGRES_ERROR_CODES = {
  MR_POSTGRES_UNREACHABLE: {
    disposition: 'back-off',
    meaning:
      'the server did not answer, the connection broke, or the server has no connection left; the receiver tries again with growing delays',
  },
  MR_POSTGRES_DENIED: {
    disposition: 'back-off',
    meaning:
      'the server refused the user, the password or the database, or the user lacks a privilege: SELECT on the table for postgresRows, REPLICATION for postgresChanges',
  },
  MR_POSTGRES_TLS_UNUSABLE: {
    disposition: 'back-off',
    meaning:
      'the files named by the option tls cannot be read or do not match; the message contains the reason',
  },
  MR_POSTGRES_TABLE_UNUSABLE: {
    disposition: 'stop-engine',
    meaning:
      'the table or one of its columns is missing, or the columns named by key and transaction do not order the rows; the message names the remedy',
  },
  MR_POSTGRES_PUBLICATION_UNKNOWN: {
    disposition: 'stop-engine',
    meaning:
      'the publication does not exist; correct the name, or make one: CREATE PUBLICATION … FOR TABLE …',
  },
  MR_POSTGRES_SLOT_UNKNOWN: {
    disposition: 'stop-engine',
    meaning:
      'the replication slot does not exist. At the first start: make the slot, or set create. At a later start changes are lost with the slot: read the tables anew, and start with new directories',
  },
  MR_POSTGRES_SLOT_UNUSABLE: {
    disposition: 'stop-engine',
    meaning:
      'the replication slot is of another plugin or another database, or the server has no wal_level = logical; correct the name or the setting',
  },
  MR_POSTGRES_SLOT_LOST: {
    disposition: 'stop-engine',
    meaning:
      'the server has removed the log that the slot needs, because the receiver was away for longer than max_slot_wal_keep_size permits; drop the slot, read the tables anew, and start with new directories',
  },
  MR_POSTGRES_SLOT_ACTIVE: {
    disposition: 'back-off',
    meaning:
      'another connection reads the slot: a predecessor whose connection the server has not given up yet, or another receiver with the same slot; the receiver tries again with growing delays',
  },
  MR_POSTGRES_RANGE_LOST: {
    disposition: 'fail-batch',
    meaning:
      'the table no longer has the rows of a block: rows were removed or their columns key and transaction were changed; keep rows for longer than the time between checkpoints, or set ranges to false',
  },
  MR_POSTGRES_POSITION_UNKNOWN: {
    disposition: 'stop-engine',
    meaning:
      'the position of the last registered record is none of this receiver: another receiver had this place in the program; give the stream a uid of its own, or start with new directories',
  },
  MR_POSTGRES_GAP: {
    disposition: 'stop-engine',
    meaning:
      'the server does not know the position of the last registered record: the server was restored from a backup, or is another server; decide about lost and repeated records, then start with new directories',
  },
  MR_POSTGRES_MALFORMED: {
    disposition: 'skip-record',
    meaning:
      'a value is not in the expected form, for instance JSON with a key that changes prototypes; the record was left out, or the receiver stopped, according to onMalformed',
  },
  MR_POSTGRES_FAILED: {
    disposition: 'back-off',
    meaning: 'the server answered with another error; the message contains the SQLSTATE of the error',
  },
} as const satisfies ErrorCodeTable;

/** A code of this package. */
export type PostgresErrorCode = keyof typeof POSTGRES_ERROR_CODES;

/** Makes an error of this package's table. */
export const postgresError = errorFactory(POSTGRES_ERROR_CODES);
