// Entries of directories of the host. One odd entry does not stop a listing: a link to itself, a link to a missing
// file, a name that is not UTF-8. The listing returns such an entry with its problem, and the caller can report the
// entry.
import { isUtf8 } from 'node:buffer';
import { type BigIntStats, statSync } from 'node:fs';
import { lstat, readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { StorageEntry, StorageListOptions } from '../contracts/storage.ts';
import { systemCode } from './storage-failure.ts';

/** The number of concurrent inspections. The host has four threads for this work by default. */
const LOOKS_AT_ONCE = 16;

/** The system's error name for invalid text. */
const NOT_TEXT = 'EILSEQ';

/** The entries of a directory with accepted names. Rejects with the system's error for an unreadable directory. */
export async function directoryEntries(
  directory: string,
  { accept = () => true }: StorageListOptions = {},
): Promise<readonly StorageEntry[]> {
  const entries: StorageEntry[] = [];
  const names: string[] = [];
  for (const bytes of await readdir(directory, { encoding: 'buffer' })) {
    const name = bytes.toString();
    if (!accept(name)) continue;
    if (isUtf8(bytes)) names.push(name);
    else entries.push(unseen(name, NOT_TEXT));
  }
  let next = 0;
  const lookOn = async (): Promise<void> => {
    for (let name = names[next++]; name !== undefined; name = names[next++]) {
      const entry = await entryAt(directory, name);
      if (entry !== undefined) entries.push(entry);
    }
  };
  await Promise.all(Array.from({ length: Math.min(LOOKS_AT_ONCE, names.length) }, lookOn));
  return entries;
}

/**
 * An entry by its path, or undefined when the entry does not exist. Rejects with the system's error when access is
 * denied.
 */
export async function entryOfPath(path: string): Promise<StorageEntry | undefined> {
  try {
    return storageEntry(basename(path), await stat(path, { bigint: true }));
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    if (code === 'ELOOP') return unseen(basename(path), code);
    throw error;
  }
}

/**
 * The id of the file that has this name now; undefined when no file has the name. Waits for the system on this thread: to be
 * called right after an operation on the file, when the system has name and file in memory. The answer then takes two
 * microseconds, a tenth of the time of a trip through the thread pool. @throws other errors of the system.
 */
export function fileIdAt(path: string): string | undefined {
  try {
    return fileIdOf(statSync(path, { bigint: true }));
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP') return undefined;
    throw error;
  }
}

function fileIdOf({ dev, ino }: BigIntStats): string {
  return `${dev}:${ino}`;
}

/** The entry of a file, with its identity and its permissions. */
export function storageEntry(name: string, stats: BigIntStats): StorageEntry {
  const permissions = process.platform === 'win32' ? {} : { permissions: Number(stats.mode & 0o777n) };
  return { ...entryWithoutId(name, stats), fileId: fileIdOf(stats), ...permissions };
}

async function entryAt(directory: string, name: string): Promise<StorageEntry | undefined> {
  const path = join(directory, name);
  try {
    return entryWithoutId(name, await stat(path, { bigint: true }));
  } catch (error) {
    const code = systemCode(error) ?? 'unknown';
    return code === 'ENOENT' && !(await isLink(path)) ? undefined : unseen(name, code);
  }
}

/** A dangling link exists, unlike an entry that has vanished meanwhile. */
async function isLink(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isSymbolicLink();
  } catch {
    return false;
  }
}

function entryWithoutId(name: string, stats: BigIntStats): StorageEntry {
  const kind = stats.isFile() ? 'file' : stats.isDirectory() ? 'directory' : 'other';
  return {
    name,
    kind,
    sizeBytes: kind === 'file' ? Number(stats.size) : 0,
    modifiedMs: milliseconds(stats.mtimeNs),
  };
}

/** Milliseconds by Node's own calculation, to the last bit: recorded times are compared with later ones. */
function milliseconds(timeNs: bigint): number {
  const seconds = timeNs / 1_000_000_000n - (timeNs < 0n && timeNs % 1_000_000_000n !== 0n ? 1n : 0n);
  return Number(seconds) * 1_000 + Number(timeNs - seconds * 1_000_000_000n) / 1_000_000;
}

function unseen(name: string, problem: string): StorageEntry {
  return { name, kind: 'other', sizeBytes: 0, modifiedMs: 0, problem };
}
