// One connection to an open database; failures have the codes of this package.
import type { DuckDBConnection, DuckDBInstance, DuckDBValue } from '@duckdb/node-api';
import type { DatabaseFile } from './database-file.ts';
import { duckdbFailure, isFatal } from './duckdb-failure.ts';
import type { DuckdbModule } from './duckdb-module.ts';

/** A parameter of a statement. */
export type Parameter = string | number | boolean | null;

/** The row of an answer, by the names of its columns. */
export type Row = Readonly<Record<string, unknown>>;

/** The type of a column in a temporary table. */
export type StagedType = 'BOOLEAN' | 'INTEGER' | 'UINTEGER' | 'BIGINT' | 'DOUBLE' | 'VARCHAR' | 'BLOB';

/** Values of one column, for some rows; null is NULL. */
export type StagedColumn = readonly (boolean | number | bigint | string | Uint8Array | null)[];

/** The parts of a session. */
export interface SessionParts {
  readonly module: DuckdbModule;
  readonly instance: DuckDBInstance;
  readonly connection: DuckDBConnection;
  readonly file: DatabaseFile;
  /** The path of the file, for messages. */
  readonly path: string;
}

/** An open connection. Only one statement runs at a time. */
export class DuckdbSession {
  readonly path: string;
  readonly #parts: SessionParts;
  #isBroken = false;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.path = parts.path;
  }

  /** True when DuckDB refuses every further statement of this session. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Runs a statement; `$1` is the first parameter. */
  async run(sql: string, parameters: readonly Parameter[] = []): Promise<void> {
    await this.#attempt(() => this.#ask(sql, parameters));
  }

  /** The rows of a statement; whole numbers of 64 bits are bigints. */
  rows(sql: string, parameters: readonly Parameter[] = []): Promise<readonly Row[]> {
    return this.#attempt(async () => (await this.#ask(sql, parameters)).getRowObjects());
  }

  /**
   * Runs `work` in one transaction. After a throw, nothing has changed, unless only the answer to the commit was lost.
   *
   * @throws `MR_SINK_DUCKDB_REPLACED` when the database is no longer at its path, before or after the commit.
   */
  async transaction<R>(work: () => Promise<R>): Promise<R> {
    this.#parts.file.check();
    await this.run('BEGIN TRANSACTION');
    try {
      const result = await work();
      this.#parts.file.check();
      await this.run('COMMIT');
      this.#parts.file.check();
      return result;
    } catch (error) {
      await this.#rollBack();
      throw error;
    }
  }

  /** Begins to add rows to a temporary table. */
  async append(table: string, types: readonly StagedType[]): Promise<Appending> {
    const { module, connection } = this.#parts;
    const appender = await this.#attempt(() => connection.createAppender(table, 'main', 'temp'));
    const chunkTypes = types.map((type) => module[type]);
    const attempt = <S>(work: () => S): Promise<S> => this.#attempt(async () => work());
    return {
      put: (columns, count) =>
        attempt(() => {
          const chunk = module.DuckDBDataChunk.create(chunkTypes, count);
          for (const [index, values] of columns.entries()) {
            const isBytes = types[index] === 'BLOB';
            const sent = isBytes ? values.map((value) => blobOf(module, value)) : values;
            chunk.setColumnValues(index, sent as DuckDBValue[]);
          }
          appender.appendDataChunk(chunk);
        }),
      end: () => attempt(() => appender.closeSync()),
    };
  }

  /** Closes the connection and the database. */
  close(): void {
    const { connection, instance } = this.#parts;
    connection.closeSync();
    instance.closeSync();
  }

  async #ask(sql: string, parameters: readonly Parameter[]) {
    const { connection } = this.#parts;
    return parameters.length === 0 ? connection.run(sql) : connection.run(sql, [...parameters]);
  }

  async #rollBack(): Promise<void> {
    try {
      await this.#parts.connection.run('ROLLBACK');
    } catch {
      // A failed commit has rolled back by itself; the reason of the failure matters more.
    }
  }

  async #attempt<R>(work: () => Promise<R>): Promise<R> {
    try {
      return await work();
    } catch (cause) {
      this.#isBroken ||= isFatal(cause);
      throw duckdbFailure({ name: 'write to', file: this.path }, cause);
    }
  }
}

/** Rows on their way to a temporary table. */
export interface Appending {
  /** Adds rows, at most as many as `ROWS_AT_ONCE`. */
  put(columns: readonly StagedColumn[], count: number): Promise<void>;
  end(): Promise<void>;
}

/** The rows of one chunk of DuckDB. */
export const ROWS_AT_ONCE = 2_048;

function blobOf(module: DuckdbModule, value: StagedColumn[number]): DuckDBValue {
  return value instanceof Uint8Array ? new module.DuckDBBlobValue(value) : value;
}
