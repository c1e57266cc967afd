// The real SQLite, with statements that fail once on the test's command.
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { SqliteModule } from '../src/sqlite-module.ts';

/** The failing statement: the first one whose text begins so, at its `call`th call from now. */
export interface StatementFault {
  readonly sql: string;
  /** From 1; default 1. */
  readonly call?: number;
  /** True when the statement takes effect and only the answer is lost. */
  readonly takesEffect?: boolean;
}

/** A `node:sqlite` with failures on command. */
export class FaultySqlite {
  #fault: StatementFault | undefined;
  #calls = 0;

  failOnce(fault: StatementFault): void {
    this.#fault = fault;
    this.#calls = 0;
  }

  /** The module for the sink in place of `node:sqlite`; `setUp` runs on every connection first. */
  module(setUp = ''): SqliteModule {
    const run = <R>(sql: string, work: () => R) => this.#run(sql, work);
    class Database extends DatabaseSync {
      constructor(file: string) {
        super(file);
        super.exec(setUp);
      }

      override exec(sql: string): void {
        run(sql, () => super.exec(sql));
      }

      override prepare(sql: string): StatementSync {
        const statement = super.prepare(sql);
        const original = statement.run.bind(statement);
        return Object.assign(statement, {
          run: (...values: SQLInputValue[]) => run(sql, () => original(...values)),
        });
      }
    }
    return { ...process.getBuiltinModule('node:sqlite'), DatabaseSync: Database };
  }

  #run<R>(sql: string, work: () => R): R {
    const fault = this.#fault;
    if (fault === undefined || !sql.startsWith(fault.sql)) return work();
    this.#calls += 1;
    if (this.#calls < (fault.call ?? 1)) return work();
    this.#fault = undefined;
    if (fault.takesEffect === true) work();
    throw Object.assign(new Error('disk I/O error'), { code: 'ERR_SQLITE_ERROR', errcode: 10 });
  }
}
