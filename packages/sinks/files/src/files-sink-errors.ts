// The codes of this package. Errors of the disk keep their own codes (`MR_STORAGE_…`), and core has the codes for
// errors of a record or of a sink's life cycle. This table adds only the codes of a directory of batch files.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of @millrace/sink-files with its meaning. */
export const FILES_SINK_ERROR_CODES = {
  MR_SINK_FILES_NAME_TAKEN: {
    disposition: 'fail-batch',
    meaning:
      "an entry that is not a file has the name of a partition's file; move the entry away, or write to a separate directory",
  },
  MR_SINK_FILES_TOO_MANY_WRITERS: {
    disposition: 'stop-engine',
    meaning:
      'the number of sinks with this directory open exceeds the limit; close some, or remove the locks of machines that no longer exist',
  },
  MR_SINK_FILES_PACKAGE_MISSING: {
    disposition: 'stop-engine',
    meaning:
      "the package of the format is not installed: apache-arrow for format: 'arrow'; install the package",
  },
  MR_SINK_FILES_NO_LETTER: {
    disposition: 'fail-batch',
    meaning: 'a line of a file of dead letters is no dead letter; restore the file, or move the file away',
  },
  MR_SINK_FILES_REPLAY_REFUSED: {
    disposition: 'retry',
    meaning:
      'the destination of a replay of dead letters could not be reached or did not answer with a success; the records are not marked, so replay again',
  },
} as const satisfies ErrorCodeTable;

/** Makes an error of this package's table. */
export const filesSinkError = errorFactory(FILES_SINK_ERROR_CODES);
