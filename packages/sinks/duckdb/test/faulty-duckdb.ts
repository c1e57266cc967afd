// The real DuckDB, with statements that fail once on the test's command.
import * as duckdb from '@duckdb/node-api';
import type { DuckdbModule } from '../src/database/duckdb-module.ts';

/** The failing statement: the next one whose text contains this part. */
export interface StatementFault {
  readonly sql: string;
  /** True when the statement takes effect and only the answer is lost. */
  readonly takesEffect?: boolean;
  /** True when DuckDB refuses every further statement. */
  readonly isFatal?: boolean;
}

/** A `@duckdb/node-api` with failures on command. */
export class FaultyDuckdb {
  #fault: StatementFault | undefined;

  failOnce(fault: StatementFault): void {
    this.#fault = fault;
  }

  /** The module for the sink. */
  readonly load = async (): Promise<DuckdbModule> => {
    const { DuckDBInstance } = duckdb;
    const fromCache = async (path?: string): Promise<duckdb.DuckDBInstance> => {
      const instance = await DuckDBInstance.fromCache(path);
      const connect = instance.connect.bind(instance);
      return Object.assign(instance, { connect: async () => this.#faulty(await connect()) });
    };
    return { ...duckdb, DuckDBInstance: Object.assign(Object.create(DuckDBInstance), { fromCache }) };
  };

  #faulty(connection: duckdb.DuckDBConnection): duckdb.DuckDBConnection {
    const run = connection.run.bind(connection);
    const faulty: typeof run = async (sql, ...rest) => {
      const fault = this.#fault;
      if (fault === undefined || !sql.includes(fault.sql)) return run(sql, ...rest);
      this.#fault = undefined;
      if (fault.takesEffect === true) await run(sql, ...rest);
      throw new Error(`${fault.isFatal === true ? 'FATAL' : 'IO'} Error: the disk went away`);
    };
    return Object.assign(connection, { run: faulty });
  }
}
