// The codes of this package. What the disk says keeps its own code (`MR_STORAGE_…`), what is wrong with a record or
// with the life of a sink has one in core; here is only what a directory of batch files adds to them.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of @millrace/sink-files with its meaning. */
export const FILES_SINK_ERROR_CODES = {
  MR_SINK_FILES_NAME_TAKEN: {
    disposition: 'fail-batch',
    meaning:
      'something that is no file has the name that a partition should get; move it away, or write to a directory of its own',
  },
  MR_SINK_FILES_TOO_MANY_WRITERS: {
    disposition: 'stop-engine',
    meaning:
      'more sinks have this directory open than it has places for; close some, or remove the locks of machines that are gone',
  },
} as const satisfies ErrorCodeTable;

/** Makes an error of this package's table. */
export const filesSinkError = errorFactory(FILES_SINK_ERROR_CODES);
