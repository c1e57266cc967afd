// The errors for a damaged log, and for a refused write.
import { isMillraceError, type MillraceError } from '@millrace/core';
import { coreError } from '@millrace/core';
import { engineStopper } from '@millrace/core/engine';
import { walError } from './wal-errors.ts';

/** The place of damage in a log. */
export interface DamagePlace {
  /** The file of the segment. */
  readonly segment: string;
  /** The beginning of the damage, in bytes from the start of the file. */
  readonly offset: number;
  /** The end of the damage, as far as known. */
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
 * The error for a writer whose entry was refused by the disk and is certainly not in the log. A permanent refusal is
 * reported as the original error: no component may try again.
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
