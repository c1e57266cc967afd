// The content of a lock file: the process that holds the lock.
import { basename, dirname, join } from 'node:path';
import { readRegularText } from './open-regular.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { systemCode } from './storage-failure.ts';

/** The largest size of a lock file: a larger file is something else. */
const LOCK_BYTES_MAX = 65_536;

/** The content of a lock file. */
export interface Holder extends ProcessIdentity {
  /** Distinguishes this lock from any other, including other locks of the same process. */
  readonly token: string;
}

/** The readable content of a lock file; undefined when there is no file. */
export async function readHolder(path: string): Promise<Partial<Holder> | undefined> {
  const text = await readLockText(path);
  return text === undefined ? undefined : parseHolder(path, text);
}

/** The text of a lock file, up to the largest size of one; undefined when there is no file. */
export async function readLockText(path: string): Promise<string | undefined> {
  try {
    return await readRegularText(path, LOCK_BYTES_MAX);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** The holder in the text of a lock file; without fields when the text cannot be parsed. */
export function parseHolder(path: string, text: string): Partial<Holder> {
  try {
    const read = JSON.parse(text) as Partial<Holder> | null;
    // The socket is beside the lock, under any mount point of the directory.
    const beacon = typeof read?.beacon === 'string' ? join(dirname(path), basename(read.beacon)) : null;
    return { ...read, beacon };
  } catch {
    // No JSON: written by something else, or cut off.
    return {};
  }
}

/** True for a complete holder. */
export function isHolder(holder: Partial<Holder>): holder is Holder {
  const { token, host, pid, boot, pidSpace, startTicks } = holder;
  const isText = [token, host].every((field) => typeof field === 'string');
  const isTextOrNull = [boot, pidSpace, startTicks].every(
    (field) => field === null || typeof field === 'string',
  );
  return isText && isTextOrNull && Number.isInteger(pid);
}
