// SQLite for one process of a simulated world: Node's SQLite on a separate real file. Every writing statement is a step
// at which the process may die, and may fail like SQLite does. The connection of a dead process is closed, which rolls
// back an open transaction, like the next opening of the file would.
//
// SQLite accesses its file directly, so a power loss has no effect here: all committed data stays.
import type { RandomSource } from '@millrace/core';
import type { SqliteModule } from '@millrace/sink-sqlite';
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { Coverage } from '../../coverage.ts';
import type { SimProcess } from '../../sim-process.ts';

/** Dependencies that decide about the failures of one process's SQLite. */
export interface SimSqliteSetup {
  readonly process: SimProcess;
  readonly random: RandomSource;
  readonly coverage: Coverage;
  /** The current probability of failure of a statement, 0 to 1. */
  readonly failureRate: () => number;
}

/** A failure as reported by SQLite. */
interface Failure {
  readonly errcode: number;
  readonly message: string;
  /** The effect of the failing statement and its transaction. */
  readonly effect?: 'done' | 'rolled back';
}

const BUSY: Failure = { errcode: 5, message: 'database is locked' };
const FULL: Failure = { errcode: 13, message: 'database or disk is full' };
const INPUT_OUTPUT: Failure = { errcode: 10, message: 'disk I/O error' };

/** The failures of statements, by first word. Other statements do not fail. */
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

/** The replacement of `node:sqlite` for a sink. */
export function simSqlite(setup: SimSqliteSetup): SqliteModule {
  const real = process.getBuiltinModule('node:sqlite');
  class SimDatabase extends real.DatabaseSync {
    #isOpen = true;

    constructor(file: string) {
      super(file);
      setup.process.onDeath(() => this.close());
    }

    override exec(sql: string): void {
      // No data here must survive a power loss, so no statement waits for the disk.
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

/** Runs a statement, with a step before and after. */
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
  // The caller of the sink gets no answer, because the process is dead.
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
