// One connection to a database file, set up according to the options; failures have the codes of this package.
import { isError } from '@millrace/core/engine';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { OpenFiles } from './open-files.ts';
import { sqliteFailure } from './sqlite-failure.ts';
import type { SqliteModule } from './sqlite-module.ts';
import { sqliteSinkError } from './sqlite-sink-errors.ts';
import type { SqliteSinkOptions } from './sqlite-sink.options.ts';

/** The parameters for opening a database. */
export type SqliteConnectionOptions = Pick<
  SqliteSinkOptions,
  'file' | 'busyTimeoutMs' | 'journalMode' | 'synchronous'
>;

/** An open database. */
export class SqliteConnection {
  readonly file: string;
  readonly #database: DatabaseSync;
  readonly #files: OpenFiles;

  private constructor(file: string, database: DatabaseSync, files: OpenFiles) {
    this.file = file;
    this.#database = database;
    this.#files = files;
  }

  /** @throws `MR_SINK_SQLITE_DENIED`, `_DAMAGED`, `_BUSY`, `_JOURNAL_MODE`, `_REPLACED` */
  static open({ DatabaseSync }: SqliteModule, options: SqliteConnectionOptions): SqliteConnection {
    const { file } = options;
    const failure = (cause: unknown) => sqliteFailure({ name: 'open', file }, cause);
    let database: DatabaseSync;
    try {
      database = new DatabaseSync(file);
    } catch (cause) {
      throw failure(cause);
    }
    try {
      const files = new OpenFiles(file, options.journalMode);
      configure(database, options);
      return new SqliteConnection(file, database, files);
    } catch (cause) {
      database.close();
      throw failure(cause);
    }
  }

  /** Runs statements without results. */
  exec(sql: string): void {
    this.#attempt('use', () => this.#database.exec(sql));
  }

  /** Compiles a statement. @throws `MR_SINK_SQLITE_SCHEMA` when a named table or column is missing. */
  prepare(sql: string): StatementSync {
    return this.#attempt('use', () => this.#database.prepare(sql));
  }

  /**
   * Runs `work` in one exclusive transaction. After a throw, nothing has changed. Errors of statements become errors of
   * this package; any other error, for instance of the records, is passed on.
   *
   * @throws `MR_SINK_SQLITE_REPLACED` when the database is no longer at its path, before or after the commit.
   */
  transaction<R>(work: () => R): R {
    this.#attempt('begin a transaction in', () => this.#database.exec('BEGIN IMMEDIATE'));
    try {
      this.#files.check();
      const result = work();
      this.#files.check();
      this.#attempt('commit to', () => this.#database.exec('COMMIT'));
      this.#files.checkCommitted();
      return result;
    } catch (error) {
      this.#rollBack();
      throw isOfSqlite(error) ? sqliteFailure({ name: 'write to', file: this.file }, error) : error;
    }
  }

  close(): void {
    this.#database.close();
  }

  #rollBack(): void {
    try {
      this.#database.exec('ROLLBACK');
    } catch {
      // After some failures, for instance a full disk, SQLite has already rolled back, and nothing remains to be done.
    }
  }

  #attempt<R>(name: string, work: () => R): R {
    try {
      return work();
    } catch (cause) {
      throw sqliteFailure({ name, file: this.file }, cause);
    }
  }
}

function configure(database: DatabaseSync, options: SqliteConnectionOptions): void {
  const { file, busyTimeoutMs, journalMode, synchronous } = options;
  database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
  const answer = database.prepare(`PRAGMA journal_mode = ${journalMode}`).get();
  const mode = answer?.['journal_mode'];
  if (mode !== journalMode) {
    const message = `expected ${file} to keep its journal as ${journalMode}, but it stays ${String(mode)}; a log needs a local disk, and no other connection may be open when the mode changes`;
    throw sqliteSinkError('MR_SINK_SQLITE_JOURNAL_MODE', message, { details: { file, journalMode, mode } });
  }
  database.exec(`PRAGMA synchronous = ${synchronous}`);
}

function isOfSqlite(error: unknown): boolean {
  return isError(error) && 'code' in error && error.code === 'ERR_SQLITE_ERROR';
}
