// The files of an open database, as they were when it was opened. SQLite goes on with the files it has open: when one was
// removed, renamed with its directory, or replaced, a transaction commits to a file that nobody finds under that name any
// more. So before and after each transaction the names are looked at, and must lead to the same files. They are SQLite's own
// and not reached through the Storage port, and a transaction is one synchronous piece of work.
import { realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { sqliteSinkError } from './sqlite-sink-errors.ts';

/** A file apart from its name: no other file has the same while this one is open. */
type Identity = `${bigint}:${bigint}`;

/** Beside the database in `wal` mode, for as long as a connection is open. */
const WAL_SUFFIXES = ['-wal', '-shm'];

/** The files behind the names of one open database. */
export class OpenFiles {
  readonly #paths: readonly string[];
  readonly #identities = new Map<string, Identity>();

  /** Call with the database open: its own file is looked at now, those beside it at the first `check`. */
  constructor(file: string, journalMode: 'wal' | 'delete') {
    const path = resolve(file);
    // SQLite puts the others beside the file itself, not beside a link that leads to it.
    const others = journalMode === 'wal' ? WAL_SUFFIXES : [];
    this.#paths = [path, ...others.map((suffix) => `${realPathOf(path)}${suffix}`)];
    const opened = identityAt(path);
    if (opened !== undefined) this.#identities.set(path, opened);
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
      if (now === undefined || now !== before) throw replaced(path, now);
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

function replaced(path: string, now: Identity | undefined): Error {
  const what = now === undefined ? 'no file can be found there' : 'another file has that name';
  const message = `expected ${path} to stay in its place while the sink has it open, but ${what}; put the file back or decide what becomes of its rows, then start again`;
  return sqliteSinkError('MR_SINK_SQLITE_REPLACED', message, { details: { path } });
}
