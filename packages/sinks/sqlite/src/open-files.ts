// The files of an open database, as they were when it was opened. SQLite goes on with the files it has open: when one was
// removed, renamed with its directory, or replaced, a transaction commits to a file that nobody finds under that name any
// more. So before and after each transaction the names are looked at, and must lead to the same files. They are SQLite's own
// and not reached through the Storage port, and a transaction is one synchronous piece of work.
import { closeSync, openSync, readSync, realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { sqliteSinkError } from './sqlite-sink-errors.ts';

/** A file apart from its name: no other file has the same while this one is open. */
type Identity = `${bigint}:${bigint}`;

/** What a log of SQLite begins with; the lowest bit tells the order of bytes in checksums. */
const LOG_MAGIC = 0x37_7f_06_82;

/** Beside the database in `wal` mode, for as long as a connection is open. */
const WAL_SUFFIXES = ['-wal', '-shm'];

/** The files behind the names of one open database. */
export class OpenFiles {
  readonly #paths: readonly string[];
  /** The write-ahead log; undefined in `delete` mode. */
  readonly #log: string | undefined;
  readonly #identities = new Map<string, Identity>();

  /** Call with the database open: its own file is looked at now, those beside it at the first `check`. */
  constructor(file: string, journalMode: 'wal' | 'delete') {
    const path = resolve(file);
    // SQLite puts the others beside the file itself, not beside a link that leads to it.
    const others = journalMode === 'wal' ? WAL_SUFFIXES : [];
    this.#paths = [path, ...others.map((suffix) => `${realPathOf(path)}${suffix}`)];
    this.#log = this.#paths.find((name) => name !== path && name.endsWith('-wal'));
    const opened = identityAt(path);
    if (opened !== undefined) this.#identities.set(path, opened);
  }

  /**
   * For use right behind a commit: looks at the names, and for files that were cut off in place. SQLite then writes behind
   * the end, and nobody finds the rows.
   *
   * @throws `MR_SINK_SQLITE_REPLACED`.
   */
  checkCommitted(): void {
    this.check();
    const [database = ''] = this.#paths;
    if (sizeAt(database) === 0) throw replaced(database, 'it was cut off');
    if (this.#log !== undefined && isCutOff(this.#log)) throw replaced(this.#log, 'it was cut off');
  }

  /**
   * For use while a transaction is open, when all files are there, and right behind its end.
   *
   * @throws `MR_SINK_SQLITE_REPLACED` when a name leads to no file or to another one.
   */
  check(): void {
    for (const path of this.#paths) {
      const now = identityAt(path);
      const before = this.#identities.get(path) ?? now;
      if (now === undefined) throw replaced(path, 'no file can be found there');
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
 * Whether a log has a gap where its header was. An empty log is one that another connection has emptied. Only the log may be
 * opened here: closing the database itself would drop the locks of SQLite in this process.
 */
function isCutOff(log: string): boolean {
  const header = Buffer.alloc(4);
  let file: number | undefined;
  try {
    file = openSync(log, 'r');
    return readSync(file, header, 0, 4, 0) > 0 && (header.readUInt32BE(0) & ~1) !== LOG_MAGIC;
  } catch {
    // The next look at the names tells of a log that cannot be opened.
    return false;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function sizeAt(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size;
}

function replaced(path: string, what: string): Error {
  const message = `expected ${path} to stay in its place while the sink has it open, but ${what}; put the file back or decide what becomes of its rows, then start again`;
  return sqliteSinkError('MR_SINK_SQLITE_REPLACED', message, { details: { path } });
}
