// The names of segments. A segment is a file `segment-<number>.wal`, numbers rise and are never given twice in the
// life of a log. A handle names its segment by the log's name and the file, so that any executor that sees the same
// root directory can read it; because handles travel in messages, both parts are checked before they become a path.
import { walError } from './wal-errors.ts';

const FILE = /^segment-(\d{12})\.wal$/;
const LOG = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** The highest number a segment can have. */
export const SEGMENT_NUMBER_MAX = 999_999_999_999;

/** What a rewritten segment is called until it replaces the old one. */
export const REWRITE_SUFFIX = '.tmp';

/** What the file of a removed segment is called until the next segment is written over it. */
export const SPARE_FILE = 'spare.wal.old';

/** The name of the file with this number. */
export function segmentFileName(number: number): string {
  return `segment-${String(number).padStart(12, '0')}.wal`;
}

/** The number in a file's name; undefined when it is no segment. */
export function segmentNumber(fileName: string): number | undefined {
  const digits = FILE.exec(fileName)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * Returns the name when it is fit for the folder of a log.
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

/** How handles name a segment: `<log>/<file>`. */
export function segmentReference(logName: string, number: number): string {
  return `${logName}/${segmentFileName(number)}`;
}

/** Whether this is such a name, and nothing that would leave the root directory. */
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
