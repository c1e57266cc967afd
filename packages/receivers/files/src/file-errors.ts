// The codes of this package. Nothing that goes wrong with one file stops the others: it is reported, tried again while
// the file may still be read, and counted when it is given up.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of @millrace/receiver-files with its meaning. */
export const FILE_ERROR_CODES = {
  MR_FILES_LIST_FAILED: {
    disposition: 'retry',
    meaning:
      'the directory could not be listed; the next poll tries again and finds the files of this one too',
  },
  MR_FILES_UNREADABLE: {
    disposition: 'retry',
    meaning:
      'a file could not be read; later polls go on where this attempt stopped, while the file is remembered',
  },
  MR_FILES_GIVEN_UP: {
    disposition: 'skip-record',
    meaning: 'a file could not be read while it was remembered, the rest of it is left out; move it in again',
  },
  MR_FILES_CHANGED: {
    disposition: 'skip-record',
    meaning:
      'a file changed while it was read; nothing of it is stored twice; move files in when they are complete',
  },
  MR_FILES_LONG_LINE: {
    disposition: 'skip-record',
    meaning:
      'a line is longer than maxLineBytes; it was left out, or the receiver stopped, as onLongLine says',
  },
  MR_FILES_NOT_TEXT: {
    disposition: 'skip-record',
    meaning:
      'the first bytes of a file are those of a packed file or of UTF-16, and its lines are stored as if it were UTF-8; unpack or convert such files, or let the name of a gzip file end with .gz',
  },
  MR_FILES_TOO_LARGE: {
    disposition: 'skip-record',
    meaning: 'a file is larger than maxFileBytes and was left out',
  },
  MR_FILES_TOO_OLD: {
    disposition: 'skip-record',
    meaning:
      'a file appeared with a modification time outside of the remembered time and was left out; touch files when moving them in',
  },
  MR_FILES_NO_FILE: {
    disposition: 'skip-record',
    meaning:
      'an entry has a name that is wanted and is no file that can be read: a link that leads nowhere or to itself, a FIFO, a device, a name that is not UTF-8; it was left out; remove it, rename it, or leave it out with suffixes or pattern',
  },
  MR_FILES_FROM_THE_FUTURE: {
    disposition: 'retry',
    meaning:
      'a file has a modification time that is still to come, and waits for it; set the clocks right, or touch the file to have it read now',
  },
  MR_FILES_RANGE_LOST: {
    disposition: 'fail-batch',
    meaning:
      'a batch needs lines or files again that were read before, and their file is gone, shorter or another one; keep files until their batches are done, or restore them',
  },
} as const satisfies ErrorCodeTable;

/** Makes an error of this package's table. */
export const fileError = errorFactory(FILE_ERROR_CODES);
