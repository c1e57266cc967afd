// The codes of the write-ahead log beyond those that its contract names (they are in core: MR_WAL_FULL,
// MR_WAL_CLOSED, MR_WAL_CORRUPT_RECORD).
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of @millrace/wal with its meaning; the reference page is made from it. */
export const WAL_ERROR_CODES = {
  MR_WAL_WRITE_FAILED: {
    disposition: 'retry',
    meaning:
      'the disk refused an entry of a log; the entry is not in the log and may be written again, which then goes to a fresh segment',
  },
  MR_WAL_OUTCOME_UNKNOWN: {
    disposition: 'stop-engine',
    meaning:
      'a log was closed, or its disk refused for good, while the disk took neither an entry nor the note that the entry is void; the next recovery may or may not return it',
  },
  MR_WAL_RECORD_TOO_LARGE: {
    disposition: 'stop-engine',
    meaning: 'an entry is larger than a log takes; cut smaller blocks',
  },
  MR_WAL_UNSUPPORTED_FORMAT: {
    disposition: 'stop-engine',
    meaning:
      'a log was written in a format that this version does not know; read it with the version that wrote it, or choose an empty directory',
  },
  MR_WAL_INVALID_NAME: {
    disposition: 'stop-engine',
    meaning: 'a log was asked for by a name that is not fit for a folder; use letters, digits, dots, dashes',
  },
  MR_WAL_LOG_NOT_FOUND: {
    disposition: 'stop-engine',
    meaning:
      'the command was pointed at a directory without a log, or asked for a log that is not there; give the directory of `fileWriteAheadLog`',
  },
  MR_WAL_ENTRY_NOT_FOUND: {
    disposition: 'fail-batch',
    meaning:
      'a handle names an entry that is not in the log: it was cleaned, or the handle is of another log',
  },
  MR_WAL_UNREADABLE_BLOCK: {
    disposition: 'fail-batch',
    meaning:
      'an entry is whole, but it is not a block this engine can decode: another codec or version wrote it',
  },
} as const satisfies ErrorCodeTable;

/** Makes an error of the log's own table. */
export const walError = errorFactory(WAL_ERROR_CODES);
