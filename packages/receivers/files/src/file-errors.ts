// The codes of this package. A failure of one file never stops other files: the failure is reported, the file is tried
// again while it may still be read, and counted when it is abandoned.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of @millrace/receiver-files with its meaning. */
export const FILE_ERROR_CODES = {
  MR_FILES_LIST_FAILED: {
    disposition: 'retry',
    meaning:
      'the directory could not be listed; the next poll tries again and also finds the files of this poll',
  },
  MR_FILES_UNREADABLE: {
    disposition: 'retry',
    meaning:
      'a file could not be read; later polls continue at the place of the failure, while the file is remembered',
  },
  MR_FILES_GIVEN_UP: {
    disposition: 'skip-record',
    meaning:
      'a file could not be read within its remembered time, and its rest is left out; move the file in again',
  },
  MR_FILES_CHANGED: {
    disposition: 'skip-record',
    meaning: 'a file changed during reading; no part of the file is stored twice; move complete files in',
  },
  MR_FILES_LONG_LINE: {
    disposition: 'skip-record',
    meaning:
      'a line is longer than maxLineBytes; the line was left out, or the receiver stopped, according to onLongLine',
  },
  MR_FILES_NOT_TEXT: {
    disposition: 'skip-record',
    meaning:
      'the first bytes of a file mark a compressed file or UTF-16, and its lines are stored as if the file were UTF-8; decompress or convert such files, or use a name ending in .gz for a gzip file',
  },
  MR_FILES_TOO_LARGE: {
    disposition: 'skip-record',
    meaning: 'a file is larger than maxFileBytes and was left out',
  },
  MR_FILES_TOO_OLD: {
    disposition: 'skip-record',
    meaning:
      'a file appeared with a modification time outside the remembered time and was left out; touch files when moving them in',
  },
  MR_FILES_NO_FILE: {
    disposition: 'skip-record',
    meaning:
      'an entry with a matching name is not a readable file: a dangling or circular link, a FIFO, a device, a name that is not UTF-8; the entry was left out; remove the entry, rename the entry, or exclude its name with suffixes or pattern',
  },
  MR_FILES_FROM_THE_FUTURE: {
    disposition: 'retry',
    meaning:
      'a file has a modification time in the future, and waits for that time; correct the clocks, or touch the file for reading it now',
  },
  MR_FILES_RANGE_LOST: {
    disposition: 'fail-batch',
    meaning:
      'a batch has to read lines or files again, and their file is missing, shorter or replaced; keep files until their batches are complete, or restore the files',
  },
} as const satisfies ErrorCodeTable;

/** Makes an error of this package's table. */
export const fileError = errorFactory(FILE_ERROR_CODES);
