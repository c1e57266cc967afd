// A lock that two processes cannot hold at once, stored in a file that names its holder. The file appears complete, and
// only if there is none (a hard link does both in one step), so no process ever reads half a file. A lock of a dead
// holder is removed, and the removal needs a lock as well: otherwise two processes that find the same dead holder could
// each remove the new lock of the other. That second lock is of the same kind, at the path with `.takeover` appended,
// so a process that dies during a takeover leaves nothing that blocks.
//
// In doubt (the holder runs on another machine) a lock counts as held: two writers would destroy a log, while removing
// a lock by hand (`found-lock.ts`) only costs a minute.
import { randomUUID } from 'node:crypto';
import { link, unlink, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { coreError } from '../errors/core-errors.ts';
import { type Beacon, openLivenessSocket } from './liveness-socket.ts';
import { type Holder, isHolder, readHolder } from './lock-holder.ts';
import { livenessOf, ownIdentity } from './process-identity.ts';
import { systemCode, withStorageErrors } from './storage-failure.ts';

/** Processes that alternately take and release a lock can cause retries; the limit ends the retries. */
const TRIES_MAX = 10;

/** Error codes of systems without hard links on this disk. */
const WITHOUT_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK']);

/** A held lock. */
export class FileLock {
  readonly #path: string;
  readonly #token: string;
  readonly #beacon: Beacon | undefined;
  #released: Promise<void> | undefined;

  private constructor(path: string, token: string, beacon: Beacon | undefined) {
    this.#path = path;
    this.#token = token;
    this.#beacon = beacon;
  }

  /**
   * Takes the lock at a path, whose directory must exist.
   *
   * @throws `MR_STORAGE_LOCKED` when a process, including this one, holds the lock or may hold the lock.
   */
  static async take(path: string): Promise<FileLock> {
    const token = randomUUID();
    // Opened before the lock is taken: every reader of the lock can then see the socket.
    const beacon = await openLivenessSocket(`${path}.${token}`);
    try {
      const own: Holder = { ...(await ownIdentity(beacon?.path ?? null)), token };
      await withStorageErrors({ name: 'take lock', path }, () => takeAs(path, own));
      return new FileLock(path, token, beacon);
    } catch (error) {
      await beacon?.putOut();
      throw error;
    }
  }

  /**
   * Releases the lock. May be repeated. A lock that another process has taken by force meanwhile stays with that
   * process.
   */
  release(): Promise<void> {
    this.#released ??= withStorageErrors({ name: 'release lock', path: this.#path }, async () => {
      if ((await readHolder(this.#path))?.token === this.#token) await unlink(this.#path);
      await this.#beacon?.putOut();
    });
    return this.#released;
  }
}

async function takeAs(path: string, own: Holder): Promise<void> {
  let holder: Partial<Holder> | undefined;
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    if (await createLockFile(path, own)) return;
    holder = await readHolder(path);
    // Released meanwhile.
    if (holder === undefined) continue;
    if (!isHolder(holder) || (await livenessOf(holder, own)) !== 'dead') throw locked(path, holder);
    await removeDead(path, holder, own);
  }
  throw locked(path, holder);
}

/** True when the lock file was made; false when there already is one. */
async function createLockFile(path: string, own: Holder): Promise<boolean> {
  const draft = `${path}.${own.token}.draft`;
  // Flushed, so that no loss of power leaves a lock file without a holder.
  const { beacon } = own;
  const written: Holder = { ...own, beacon: beacon === null ? null : basename(beacon) };
  await writeFile(draft, JSON.stringify(written), { flag: 'wx', flush: true });
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    const code = systemCode(error) ?? '';
    if (code === 'EEXIST') return false;
    if (!WITHOUT_LINKS.has(code)) throw error;
    return createWithoutLink(path, written);
  } finally {
    await unlink(draft);
  }
}

/** In two steps: a reader in between finds no holder, and then counts the lock as held. */
async function createWithoutLink(path: string, written: Holder): Promise<boolean> {
  try {
    await writeFile(path, JSON.stringify(written), { flag: 'wx', flush: true });
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Removes the lock of a dead holder, unless another process has already removed the lock. */
async function removeDead(path: string, dead: Holder, own: Holder): Promise<void> {
  await underTakeover(path, own, async () => {
    if ((await readHolder(path))?.token !== dead.token) return;
    await unlink(path);
    // The socket of the dead holder, if any.
    if (dead.beacon !== null) await unlink(dead.beacon).catch(() => undefined);
  });
}

/**
 * Runs `action` while no other process removes the lock at this path.
 *
 * @throws `MR_STORAGE_LOCKED` when another process is removing the lock, or may be.
 */
export async function whileTakingOver<T>(path: string, action: () => Promise<T>): Promise<T> {
  const own: Holder = { ...(await ownIdentity(null)), token: randomUUID() };
  return underTakeover(path, own, action);
}

async function underTakeover<T>(path: string, own: Holder, action: () => Promise<T>): Promise<T> {
  const takeover = `${path}.takeover`;
  await takeAs(takeover, own);
  try {
    return await action();
  } finally {
    await unlink(takeover);
  }
}

/** The refusal of a lock, with its holder where known. */
export function locked(path: string, holder: Partial<Holder> | undefined): Error {
  const who = holder?.pid === undefined ? 'somebody' : `process ${holder.pid} on ${String(holder.host)}`;
  return coreError(
    'MR_STORAGE_LOCKED',
    `${path} is locked by ${who}: stop that process, or choose another directory; if the process is certainly gone, remove the lock with npx millrace unlock ${dirname(path)}`,
    { details: { path, ...(holder?.pid === undefined ? {} : { pid: holder.pid, host: holder.host }) } },
  );
}
