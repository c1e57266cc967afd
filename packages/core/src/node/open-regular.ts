// Opening a regular file by its name, although another process may have put another kind of entry there. Opening a FIFO
// without O_NONBLOCK holds a thread of the host until a second process opens the FIFO. Four such opens stop all file,
// name and crypto work. Opening therefore never waits, and the open file is checked before use.
import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { coreError } from '../errors/core-errors.ts';

/** Absent on some systems, on which such files are not opened by name. */
const NEVER_WAIT = (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);

/** An open file with its state at opening. */
export interface OpenedFile {
  readonly handle: FileHandle;
  readonly stats: BigIntStats;
}

/**
 * Opens a regular file with the system's flags. @throws `MR_STORAGE_FAILED` for any other kind of entry; system errors.
 */
export async function openRegular(path: string, flags: number, permissions?: number): Promise<OpenedFile> {
  const handle = await open(path, flags | NEVER_WAIT, permissions);
  try {
    const stats = await handle.stat({ bigint: true });
    if (stats.isFile()) return { handle, stats };
    const kind = kindOf(stats);
    throw coreError(
      'MR_STORAGE_FAILED',
      `could not open file ${path}: expected a regular file, got a ${kind}`,
      {
        details: { path, operation: 'open file', kind },
      },
    );
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Opens a directory, for a sync or for a listing. Rejects with the system's error for any other kind of entry. */
export function openDirectory(path: string): Promise<FileHandle> {
  return open(path, constants.O_RDONLY | (constants.O_DIRECTORY ?? 0) | NEVER_WAIT);
}

/** Reads a small file as text, up to a bound. @throws as `openRegular`. */
export async function readRegularText(path: string, bytesMax: number): Promise<string> {
  const { handle } = await openRegular(path, constants.O_RDONLY);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytesMax), 0, bytesMax, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

function kindOf(stats: BigIntStats): string {
  if (stats.isDirectory()) return 'directory';
  if (stats.isFIFO()) return 'FIFO';
  return stats.isSocket() ? 'socket' : 'device';
}
