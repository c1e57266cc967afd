// The names of segments. A segment is a file `segment-<number>.wal`; numbers rise and never repeat in the life of a
// log. A handle names its segment by the log's name and the file, so that any executor with the same root directory can
// read the segment. Handles travel in messages, so both parts are checked before they become a path.
import { walError } from './wal-errors.ts';

const FILE = /^segment-(\d{12})\.wal$/;
const LOG = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** The highest number of a segment. */
export const SEGMENT_NUMBER_MAX = 999_999_999_999;

/** The suffix of a rewritten segment before it replaces the old one. */
export const REWRITE_SUFFIX = '.tmp';

/** The name of the file of a removed segment before its reuse. */
export const SPARE_FILE = 'spare.wal.old';

/** The name of the file with this number. */
export function segmentFileName(number: number): string {
  return `segment-${String(number).padStart(12, '0')}.wal`;
}

/** The number in a file's name; undefined when the name is not that of a segment. */
export function segmentNumber(fileName: string): number | undefined {
  const digits = FILE.exec(fileName)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * Returns the name when the name is valid for the folder of a log.
 *
 * @throws `MR_WAL_INVALID_NAME`: a name never leaves the root directory.
 */
export function checkedLogName(name: string): string {
  if (LOG.test(name) && !name.includes('..')) return name;
  throw walError(
    'MR_WAL_INVALID_NAME',
    `the name of a log has 1 to 100 letters, digits, dots, dashes or underscores and begins with a letter or digit, got ${JSON.stringify(name)}`,
    { details: { name } },
  );
}

/** The name of a segment in handles: `<log>/<file>`. */
export function segmentReference(logName: string, number: number): string {
  return `${logName}/${segmentFileName(number)}`;
}

/** True for such a name that does not leave the root directory. */
export function isSegmentReference(reference: string): boolean {
  const [log, file, ...rest] = reference.split('/');
  return (
    rest.length === 0 &&
    log !== undefined &&
    file !== undefined &&
    LOG.test(log) &&
    !log.includes('..') &&
    FILE.test(file)
  );
}
