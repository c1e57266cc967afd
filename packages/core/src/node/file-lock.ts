// A lock that two processes cannot hold at once, kept in a file that names its holder. The file comes into being
// complete, and only if there is none (a hard link does both in one step), so nobody ever reads half of it. A lock
// whose holder is dead is removed, and removing needs a lock as well: otherwise two processes that find the same
// dead holder could each remove what the other has just taken. That second lock is of the same kind, at the path
// with `.takeover` behind it, so a process that dies while it takes over leaves nothing that blocks.
//
// In doubt (the holder runs on another machine) a lock counts as held: two writers in one log would destroy it,
// while a lock file that has to be removed by hand only costs a minute.
import { randomUUID } from 'node:crypto';
import { link, unlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { coreError } from '../errors/core-errors.ts';
import { type Beacon, lightBeacon } from './beacon.ts';
import { livenessOf, ownIdentity, type ProcessIdentity } from './process-identity.ts';
import { readSmallFile } from './open-regular.ts';
import { systemCode, withStorageErrors } from './storage-failure.ts';

/** Processes that take and give back over each other can make us try again; not for ever. */
const TRIES_MAX = 10;

/** More than a lock file has: a larger one is something else. */
const LOCK_BYTES_MAX = 65_536;

/** What systems answer that know no hard links on this disk. */
const WITHOUT_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK']);

/** What a lock file holds. */
interface Holder extends ProcessIdentity {
  /** Tells this lock from any other, also of the same process. */
  readonly token: string;
}

/** A lock that was taken. */
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
   * @throws `MR_STORAGE_LOCKED` when somebody holds it, this process included, or may hold it.
   */
  static async take(path: string): Promise<FileLock> {
    const token = randomUUID();
    // Lit before the lock is taken: who can read the lock can see the beacon.
    const beacon = await lightBeacon(`${path}.${token}`);
    try {
      const own: Holder = { ...(await ownIdentity(beacon?.path ?? null)), token };
      await withStorageErrors({ name: 'take lock', path }, () => takeAs(path, own));
      return new FileLock(path, token, beacon);
    } catch (error) {
      await beacon?.putOut();
      throw error;
    }
  }

  /** Gives the lock back. May be repeated. A lock that somebody has meanwhile taken by force stays theirs. */
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
    // Given back meanwhile.
    if (holder === undefined) continue;
    if (!isHolder(holder) || (await livenessOf(holder, own)) !== 'dead') throw locked(path, holder);
    await removeDead(path, holder, own);
  }
  throw locked(path, holder);
}

/** Whether the lock file could be made; false when there is one. */
async function createLockFile(path: string, own: Holder): Promise<boolean> {
  const draft = `${path}.${own.token}.draft`;
  // Flushed, so that no loss of power leaves a lock file that names nobody.
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

/** In two steps: who reads in between finds nobody, and then counts the lock as held. */
async function createWithoutLink(path: string, written: Holder): Promise<boolean> {
  try {
    await writeFile(path, JSON.stringify(written), { flag: 'wx', flush: true });
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Removes the lock of a dead holder, unless somebody was faster and it is not there any more. */
async function removeDead(path: string, dead: Holder, own: Holder): Promise<void> {
  const takeover = `${path}.takeover`;
  await takeAs(takeover, own);
  try {
    if ((await readHolder(path))?.token !== dead.token) return;
    await unlink(path);
    // What the dead left besides; it may not have had one.
    if (dead.beacon !== null) await unlink(dead.beacon).catch(() => undefined);
  } finally {
    await unlink(takeover);
  }
}

/** What a lock file says, as far as it can be read; undefined when there is none. */
async function readHolder(path: string): Promise<Partial<Holder> | undefined> {
  try {
    const read = JSON.parse(await readSmallFile(path, LOCK_BYTES_MAX)) as Partial<Holder> | null;
    // The beacon lies beside the lock, wherever the directory is mounted for us.
    const beacon = typeof read?.beacon === 'string' ? join(dirname(path), basename(read.beacon)) : null;
    return { ...read, beacon };
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

function isHolder(holder: Partial<Holder>): holder is Holder {
  const { token, host, pid, boot, pidSpace, startTicks } = holder;
  const isText = [token, host].every((field) => typeof field === 'string');
  const isTextOrNull = [boot, pidSpace, startTicks].every(
    (field) => field === null || typeof field === 'string',
  );
  return isText && isTextOrNull && Number.isInteger(pid);
}

function locked(path: string, holder: Partial<Holder> | undefined): Error {
  const who = holder?.pid === undefined ? 'somebody' : `process ${holder.pid} on ${String(holder.host)}`;
  return coreError(
    'MR_STORAGE_LOCKED',
    `${path} is locked by ${who}: stop it, choose another directory, or remove the file if you are sure it is gone`,
    { details: { path, ...(holder?.pid === undefined ? {} : { pid: holder.pid, host: holder.host }) } },
  );
}
