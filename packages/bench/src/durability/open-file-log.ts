// Opens the file log of the suites: on the disk, with defaults.
import { NodeStorage, NoopLogger, SystemClock, SystemRandom } from '@millrace/core';
import { FileWriteAheadLog } from '@millrace/wal';

/** The name of the log and of its folder. */
export const LOG_NAME = 'bench';

/** Opens a file log in a folder below `root`. */
export function openFileLog(root: string): Promise<FileWriteAheadLog> {
  return FileWriteAheadLog.open({
    storage: new NodeStorage(),
    clock: new SystemClock(),
    random: new SystemRandom(),
    log: new NoopLogger(),
    root,
    name: LOG_NAME,
  });
}
