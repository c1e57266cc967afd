// SQLite as one process of a simulated world has it: the real one of Node, on a real file of its own. Every statement that
// writes is a step of the process, at which the process may die, and may fail as SQLite does. A connection of a process that
// dies is closed, which takes an open transaction back, as the next one to open the file would.
//
// SQLite reaches its file by itself, so a loss of power takes nothing from it here: all that was committed stays.
import type { RandomSource } from '@millrace/core';
import type { SqliteModule } from '@millrace/sink-sqlite';
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { Coverage } from '../../coverage.ts';
import type { SimProcess } from '../../sim-process.ts';

/** What decides about the failures of one process's SQLite. */
export interface SimSqliteSetup {
  readonly process: SimProcess;
  readonly random: RandomSource;
  readonly coverage: Coverage;
  /** How likely a statement fails now, 0 to 1. */
  readonly failureRate: () => number;
}

/** A failure as SQLite tells it. */
interface Failure {
  readonly errcode: number;
  readonly message: string;
  /** What becomes of the statement and its transaction all the same. */
  readonly effect?: 'done' | 'rolled back';
}

const BUSY: Failure = { errcode: 5, message: 'database is locked' };
const FULL: Failure = { errcode: 13, message: 'database or disk is full' };
const INPUT_OUTPUT: Failure = { errcode: 10, message: 'disk I/O error' };

/** How statements fail, by their first word. Others do not. */
const FAILURES: Readonly<Record<string, readonly Failure[]>> = {
  BEGIN: [BUSY, INPUT_OUTPUT],
  CREATE: [FULL, INPUT_OUTPUT],
  INSERT: [FULL, { ...FULL, effect: 'rolled back' }, INPUT_OUTPUT],
  COMMIT: [
    BUSY,
    FULL,
    { ...INPUT_OUTPUT, effect: 'rolled back' },
    // Only the answer is lost.
    { ...INPUT_OUTPUT, effect: 'done' },
  ],
};

/** What a sink gets instead of `node:sqlite`. */
export function simSqlite(setup: SimSqliteSetup): SqliteModule {
  const real = process.getBuiltinModule('node:sqlite');
  class SimDatabase extends real.DatabaseSync {
    #isOpen = true;

    constructor(file: string) {
      super(file);
      setup.process.onDeath(() => this.close());
    }

    override exec(sql: string): void {
      // Nothing here survives a loss of power, so nothing waits for the disk.
      if (sql.startsWith('PRAGMA synchronous')) return super.exec('PRAGMA synchronous = OFF');
      run(setup, { database: this, sql, work: () => super.exec(sql) });
    }

    override prepare(sql: string): StatementSync {
      const statement = super.prepare(sql);
      const original = statement.run.bind(statement);
      return Object.assign(statement, {
        run: (...values: SQLInputValue[]) =>
          run(setup, { database: this, sql, work: () => original(...values) }),
      });
    }

    override close(): void {
      if (this.#isOpen) super.close();
      this.#isOpen = false;
    }
  }
  return { ...real, DatabaseSync: SimDatabase };
}

interface Statement<R> {
  readonly database: DatabaseSync;
  readonly sql: string;
  readonly work: () => R;
}

/** A statement, with a step before it and one behind it. */
function run<R>(setup: SimSqliteSetup, { database, sql, work }: Statement<R>): R {
  const kind = sql.slice(0, sql.indexOf(' ') + 1 || undefined).trim();
  const failures = FAILURES[kind] ?? [];
  if (failures.length === 0) return work();
  step(setup);
  const failure = drawn(setup, failures);
  if (failure?.effect === 'rolled back') database.exec('ROLLBACK');
  if (failure !== undefined && failure.effect !== 'done') throw failed(failure);
  const result = work();
  if (failure !== undefined) throw failed(failure);
  step(setup);
  return result;
}

function step({ process }: SimSqliteSetup): void {
  process.step();
  // The caller of the sink hears nothing of this: the dead get no answer.
  if (!process.isAlive) throw new Error('the process is dead');
}

function drawn(
  { random, coverage, failureRate }: SimSqliteSetup,
  failures: readonly Failure[],
): Failure | undefined {
  const rate = failureRate();
  if (rate === 0 || random.next() >= rate) return undefined;
  coverage.fault('sqlite-failure');
  return failures[random.integer(failures.length)];
}

function failed({ errcode, message }: Failure): Error {
  return Object.assign(new Error(message), { code: 'ERR_SQLITE_ERROR', errcode });
}
