// The file log under test, as it is after a while: its segments are written over removed ones.
import type { FileWriteAheadLog } from '@millrace/wal';
import { openFileLog } from './open-file-log.ts';
import { type DurableTarget, entryOf, KEPT_BYTES } from './write-load.ts';

/** How the file log is called in tables. */
export const FILE_LOG = 'FileWriteAheadLog';

const FILLING_BYTES = 1_024 * 1_024;

/** Opens a log with its defaults; all but the newest segment is removed between calls. */
export async function fileLogTarget(directory: string): Promise<DurableTarget> {
  const log = await openFileLog(directory);
  // The first time the second segment is begun, the second time the third one, over the first.
  await fillSegment(log);
  await fillSegment(log);
  return {
    write: (entry) => log.write(entry, 0),
    tidy: () => log.clean(1),
    close: () => log.close(),
  };
}

/** Writes a little more than a segment holds, and removes the segments before the newest. */
async function fillSegment(log: FileWriteAheadLog): Promise<void> {
  const entry = entryOf(FILLING_BYTES);
  const entries = KEPT_BYTES / FILLING_BYTES + 1;
  await Promise.all(Array.from({ length: entries }, () => log.write(entry, 0)));
  await log.clean(1);
}
