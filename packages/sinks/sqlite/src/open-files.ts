// The files of an open database, as found at opening. SQLite continues to use its open files: after a removal, a
// renaming of the directory, or a replacement, a transaction commits to a file that no other process finds under the
// name. The names are therefore checked before and after each transaction, and must lead to the same files. The files
// belong to SQLite and are not reached through the Storage port, and a transaction is one synchronous step.
import { closeSync, openSync, readSync, realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { sqliteSinkError } from './sqlite-sink-errors.ts';

/** The identity of a file apart from its name: no other file has the same identity while this file is open. */
type Identity = `${bigint}:${bigint}`;

/** The first bytes of a log of SQLite; the lowest bit is the byte order of checksums. */
const LOG_MAGIC = 0x37_7f_06_82;

/** The log beside the database in `wal` mode, for as long as a connection is open. */
const WAL_SUFFIXES = ['-wal', '-shm'];

/** The files behind the names of one open database. */
export class OpenFiles {
  readonly #paths: readonly string[];
  /** The write-ahead log; undefined in `delete` mode. */
  readonly #log: string | undefined;
  readonly #identities = new Map<string, Identity>();

  /**
   * To be called with the database open: the database file is read now, the files beside the database at the first
   * `check`.
   */
  constructor(file: string, journalMode: 'wal' | 'delete') {
    const path = resolve(file);
    // SQLite puts the other files beside the database file itself, not beside a link to the file.
    const others = journalMode === 'wal' ? WAL_SUFFIXES : [];
    this.#paths = [path, ...others.map((suffix) => `${realPathOf(path)}${suffix}`)];
    this.#log = this.#paths.find((name) => name !== path && name.endsWith('-wal'));
    const opened = identityAt(path);
    if (opened !== undefined) this.#identities.set(path, opened);
  }

  /**
   * For use directly after a commit: checks the names, and searches for files that were truncated in place. SQLite then
   * writes behind the end, and no reader finds the rows.
   *
   * @throws `MR_SINK_SQLITE_REPLACED`.
   */
  checkCommitted(): void {
    this.check();
    const [database = ''] = this.#paths;
    if (sizeAt(database) === 0) throw replaced(database, 'the file was truncated');
    if (this.#log !== undefined && isCutOff(this.#log)) throw replaced(this.#log, 'the file was truncated');
  }

  /**
   * For use during a transaction, when all files exist, and directly after its end.
   *
   * @throws `MR_SINK_SQLITE_REPLACED` when a name leads to no file or to another file.
   */
  check(): void {
    for (const path of this.#paths) {
      const now = identityAt(path);
      const before = this.#identities.get(path) ?? now;
      if (now === undefined) throw replaced(path, 'no file has that name');
      if (now !== before) throw replaced(path, 'another file has that name');
      this.#identities.set(path, now);
    }
  }
}

function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function identityAt(path: string): Identity | undefined {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    // A name that this process cannot look up leads no other process to the open file.
    return undefined;
  }
}

/**
 * True when a log has a gap in place of its header. An empty log was emptied by another connection. Only the log may be
 * opened here: closing the database file would release the locks of SQLite in this process.
 */
function isCutOff(log: string): boolean {
  const header = Buffer.alloc(4);
  let file: number | undefined;
  try {
    file = openSync(log, 'r');
    return readSync(file, header, 0, 4, 0) > 0 && (header.readUInt32BE(0) & ~1) !== LOG_MAGIC;
  } catch {
    // The next check of the names reports a log that cannot be opened.
    return false;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function sizeAt(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size;
}

function replaced(path: string, what: string): Error {
  const message = `expected ${path} to stay in its place while the sink has it open, but ${what}; restore the file or decide about its rows, then start again`;
  return sqliteSinkError('MR_SINK_SQLITE_REPLACED', message, { details: { path } });
}
