// The file log under test in its steady state: new segments overwrite removed ones.
import type { FileWriteAheadLog } from '@millrace/wal';
import { openFileLog } from './open-file-log.ts';
import { type DurableTarget, entryOf, KEPT_BYTES } from './write-load.ts';

/** The name of the file log in tables. */
export const FILE_LOG = 'FileWriteAheadLog';

const FILLING_BYTES = 1_024 * 1_024;

/** Opens a log with defaults; all segments but the newest are removed between calls. */
export async function fileLogTarget(directory: string): Promise<DurableTarget> {
  const log = await openFileLog(directory);
  // The first call begins the second segment; the second call begins the third one, over the first.
  await fillSegment(log);
  await fillSegment(log);
  return {
    write: (entry) => log.write(entry, 0),
    tidy: () => log.clean(1),
    close: () => log.close(),
  };
}

/** Writes slightly more than one segment, and removes the segments before the newest. */
async function fillSegment(log: FileWriteAheadLog): Promise<void> {
  const entry = entryOf(FILLING_BYTES);
  const entries = KEPT_BYTES / FILLING_BYTES + 1;
  await Promise.all(Array.from({ length: entries }, () => log.write(entry, 0)));
  await log.clean(1);
}
