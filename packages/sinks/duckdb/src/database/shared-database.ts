// The open databases of this process. DuckDB may have a file open only once in a process, so all sinks of a file share one
// session and use the session one after the other:
//
//   sink ──┐
//   sink ──┼─► SharedDatabase ──one at a time──► DuckdbSession ──► file
//   sink ──┘
//
// A DuckDB that has failed fatally refuses every statement; the next use opens the file anew.
import { DatabaseFile, realFile } from './database-file.ts';
import { duckdbFailure } from './duckdb-failure.ts';
import type { DuckdbModule } from './duckdb-module.ts';
import { DuckdbSession } from './duckdb-session.ts';

/** The parameters of an open database. */
export interface DatabaseOptions {
  readonly file: string;
  readonly memoryMiB: number;
  readonly threads: number;
}

/** Bounded by the sinks of the program. */
const OPEN = new Map<string, SharedDatabase>();

/** A database that is open in this process. */
export class SharedDatabase {
  readonly #module: DuckdbModule;
  readonly #path: string;
  readonly #options: DatabaseOptions;
  #users = 0;
  #session: DuckdbSession | undefined;
  /** The end of the last use. */
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(module: DuckdbModule, path: string, options: DatabaseOptions) {
    this.#module = module;
    this.#path = path;
    this.#options = options;
  }

  /** The database of a file; the first use opens the file. `leave` follows. */
  static join(module: DuckdbModule, options: DatabaseOptions): SharedDatabase {
    const path = realFile(options.file);
    const database = OPEN.get(path) ?? new SharedDatabase(module, path, options);
    OPEN.set(path, database);
    database.#users += 1;
    return database;
  }

  /**
   * Uses the database alone.
   *
   * @throws `MR_SINK_DUCKDB_LOCKED`, `_DENIED`, `_DAMAGED` when the file cannot be opened, and errors of `work`.
   */
  use<R>(work: (session: DuckdbSession) => Promise<R>): Promise<R> {
    return this.#next(async () => {
      this.#session ??= await this.#open();
      try {
        return await work(this.#session);
      } finally {
        if (this.#session.isBroken) this.#end();
      }
    });
  }

  /** Ends the use by one sink; the last one closes the file, with everything in the file itself. */
  leave(): Promise<void> {
    return this.#next(async () => {
      this.#users -= 1;
      if (this.#users > 0) return;
      OPEN.delete(this.#path);
      // A database without a log beside the file can be copied and read by anybody; a failure leaves the log for the next one.
      await this.#session?.run('CHECKPOINT').catch(() => undefined);
      this.#end();
    });
  }

  async #next<R>(work: () => Promise<R>): Promise<R> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #open(): Promise<DuckdbSession> {
    const { memoryMiB, threads } = this.#options;
    const path = this.#path;
    try {
      // The cache of the library lets other code of the process read the file, when it uses the cache as well.
      const instance = await this.#module.DuckDBInstance.fromCache(path);
      const connection = await instance.connect();
      const parts = { module: this.#module, instance, connection, file: new DatabaseFile(path), path };
      const session = new DuckdbSession(parts);
      try {
        await session.run(`SET GLOBAL memory_limit = '${memoryMiB}MiB'`);
        await session.run(`SET GLOBAL threads = ${threads}`);
        // Rows are written in the order of the temporary table.
        await session.run('SET GLOBAL preserve_insertion_order = true');
        // Nothing is downloaded.
        await session.run('SET GLOBAL autoinstall_known_extensions = false');
      } catch (error) {
        session.close();
        throw error;
      }
      return session;
    } catch (cause) {
      throw duckdbFailure({ name: 'open', file: path }, cause);
    }
  }

  #end(): void {
    this.#session?.close();
    this.#session = undefined;
  }
}
