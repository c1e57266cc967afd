// The file of an open database, as found at opening. DuckDB continues to use its open file: after a removal, a renaming or a
// replacement, a transaction commits to a file that no other process finds under the name. The name is therefore checked before
// and after each transaction. The file is only looked at: opening and closing the file would release the lock of DuckDB.
import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { duckdbSinkError } from '../duckdb-sink-errors.ts';

/** The name of a file without links, also of a file that does not exist yet. */
export function realFile(file: string): string {
  const path = resolve(file);
  for (const [known, rest] of [
    [path, ''],
    [dirname(path), basename(path)],
  ] as const) {
    try {
      return join(realpathSync(known), rest);
    } catch {
      // Opening reports a missing directory.
    }
  }
  return path;
}

/** The file behind the name of one open database. */
export class DatabaseFile {
  readonly #path: string;
  readonly #opened: string | undefined;

  /** To be called with the database open. */
  constructor(path: string) {
    this.#path = path;
    this.#opened = identityAt(path);
  }

  /** @throws `MR_SINK_DUCKDB_REPLACED` when the name leads to no file or to another file. */
  check(): void {
    const now = identityAt(this.#path);
    if (now !== undefined && now === this.#opened) return;
    const found = now === undefined ? 'no file has that name' : 'another file has that name';
    const message = `expected ${this.#path} to stay in its place while the sink has it open, but ${found}; restore the file or decide about its rows, then start again`;
    throw duckdbSinkError('MR_SINK_DUCKDB_REPLACED', message, { details: { file: this.#path } });
  }
}

function identityAt(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    // A name that this process cannot look up leads no other process to the open file.
    return undefined;
  }
}
