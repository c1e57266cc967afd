// The codes of the write-ahead log beyond the codes named by its contract (in core: MR_WAL_FULL, MR_WAL_CLOSED,
// MR_WAL_CORRUPT_RECORD, MR_WAL_UNREADABLE_BLOCK).
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of @millrace/wal with its meaning; the source of the reference page. */
export const WAL_ERROR_CODES = {
  MR_WAL_WRITE_FAILED: {
    disposition: 'retry',
    meaning:
      'the disk refused an entry of a log; the log does not contain the entry, and the entry may be written again, into a new segment',
  },
  MR_WAL_OUTCOME_UNKNOWN: {
    disposition: 'stop-engine',
    meaning:
      'a log was closed, or its disk refused for good, while the disk accepted neither an entry nor the mark that voids the entry; the next recovery may or may not return the entry',
  },
  MR_WAL_RECORD_TOO_LARGE: {
    disposition: 'stop-engine',
    meaning: 'an entry exceeds the size limit of a log; cut smaller blocks',
  },
  MR_WAL_UNSUPPORTED_FORMAT: {
    disposition: 'stop-engine',
    meaning:
      'a log has a format that this version does not support; read the log with the version that wrote it, or choose an empty directory',
  },
  MR_WAL_INVALID_NAME: {
    disposition: 'stop-engine',
    meaning: 'the name of a log is not valid as a folder name; use letters, digits, dots, dashes',
  },
  MR_WAL_LOG_NOT_FOUND: {
    disposition: 'stop-engine',
    meaning:
      "the directory in the command's arguments has no log, or not the requested log; pass the directory of `fileWriteAheadLog`",
  },
  MR_WAL_ENTRY_NOT_FOUND: {
    disposition: 'fail-batch',
    meaning:
      'a handle names an entry that is not in the log: the entry was cleaned, or the handle belongs to another log',
  },
} as const satisfies ErrorCodeTable;

/** Makes an error of the log's own table. */
export const walError = errorFactory(WAL_ERROR_CODES);
