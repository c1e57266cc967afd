// A real SQLite file in a temporary directory, created when the first process opens the database: the file of one sink,
// over all processes of a world.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RandomSource } from '@millrace/core';
import type { SqliteModule } from '@millrace/sink-sqlite';
import type { Coverage } from '../../coverage.ts';
import type { SimProgramSetup } from '../../sim-output.ts';
import type { SinkSettings } from '../program-plan.ts';
import { simSqlite } from './sim-sqlite.ts';

/** Options of a file. */
export interface SqliteFileSetup {
  readonly settings: SinkSettings;
  /** Decides about failures; shared by all processes. */
  readonly random: RandomSource;
  readonly coverage: Coverage;
}

/** The ledger table, as documented in the README of the sink. */
export const LEDGER = 'millrace_ledger';

/** See the header of this file. */
export class SqliteFile {
  readonly #setup: SqliteFileSetup;
  #directory: string | undefined;

  constructor(setup: SqliteFileSetup) {
    this.#setup = setup;
  }

  /** The path of the database. */
  get path(): string {
    this.#directory ??= mkdtempSync(join(tmpdir(), 'millrace-sim-'));
    return join(this.#directory, 'sink.db');
  }

  /** The SQLite of one process: its statements fail as planned. */
  sqliteOf({ process, isFaulty }: SimProgramSetup): SqliteModule {
    const { settings, random, coverage } = this.#setup;
    const { failureRate = 0 } = settings;
    return simSqlite({
      process,
      random,
      coverage,
      failureRate: () => (isFaulty() ? failureRate : 0),
    });
  }

  /** Opens the database for a while, without failures. */
  use<T>(work: (database: InstanceType<typeof import('node:sqlite').DatabaseSync>) => T): T {
    const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
    const database = new DatabaseSync(this.path);
    try {
      return work(database);
    } finally {
      database.close();
    }
  }

  /** True when the sink has made its table. */
  hasTable(name: string): boolean {
    return this.use(
      (database) => database.prepare('SELECT 1 FROM sqlite_master WHERE name = ?').get(name) !== undefined,
    );
  }

  /** Checks the database as a whole. */
  checkIntegrity(complain: (what: string) => void): void {
    const [result] = this.use((database) => database.prepare('PRAGMA integrity_check').all());
    if (result?.['integrity_check'] !== 'ok') complain(`the database is damaged: ${JSON.stringify(result)}`);
  }

  /** Removes the file from the real machine. */
  close(): void {
    if (this.#directory !== undefined) rmSync(this.#directory, { recursive: true, force: true });
  }
}
