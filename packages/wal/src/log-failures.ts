// What is told of a log that is damaged, and of a write that the disk did not take.
import { isMillraceError, type MillraceError } from '@millrace/core';
import { coreError, engineStopper } from '@millrace/core/engine';
import { walError } from './wal-errors.ts';

/** Where something in a log is damaged. */
export interface DamagePlace {
  /** The file of the segment. */
  readonly segment: string;
  /** Where the damage begins, in bytes from the start of the file. */
  readonly offset: number;
  /** Where it ends, as far as known. */
  readonly endOffset?: number;
}

/** `MR_WAL_CORRUPT_RECORD` for a place. `what` completes "… is damaged: ". */
export function corruptRecord(place: DamagePlace, what: string, cause?: unknown): MillraceError {
  return coreError(
    'MR_WAL_CORRUPT_RECORD',
    `segment ${place.segment} is damaged at byte ${place.offset}: ${what}; restore the segment, or open the log ` +
      "with onCorrupt: 'skip' to lose the damaged entries and keep the rest",
    { details: { ...place }, ...(cause === undefined ? {} : { cause }) },
  );
}

/**
 * What a writer is told when the disk did not take an entry that is certainly not in the log. A refusal for good is told as
 * the error that the disk gave: nobody may try again.
 */
export function refusedWrite(cause: unknown): MillraceError {
  const fatal = engineStopper(cause);
  if (fatal !== undefined) return fatal;
  if (isMillraceError(cause, 'MR_STORAGE_FULL')) {
    return coreError('MR_WAL_FULL', 'the disk of the log is full: make room, writing works again then', {
      details: cause.details,
      cause,
    });
  }
  const details = isMillraceError(cause) ? cause.details : {};
  return walError('MR_WAL_WRITE_FAILED', 'the disk refused an entry of the log: write the entry again', {
    details,
    cause,
  });
}
