// The file log under test.
import { openFileLog } from './open-file-log.ts';
import type { DurableTarget } from './write-load.ts';

/** How the file log is called in tables. */
export const FILE_LOG = 'FileWriteAheadLog';

/** Opens a log with its defaults; all but the newest segment is removed between calls. */
export async function fileLogTarget(directory: string): Promise<DurableTarget> {
  const log = await openFileLog(directory);
  return {
    write: (entry) => log.write(entry, 0),
    tidy: () => log.clean(1),
    close: () => log.close(),
  };
}
