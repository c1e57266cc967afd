// A database that is the destination of a SQLite sink: a real file in a temporary directory, created when the first
// process opens the database. The content is read with plain statements.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RandomSource, Sink } from '@millrace/core';
import { sqliteSink } from '@millrace/sink-sqlite';
import type { Coverage } from '../../coverage.ts';
import type { SinkSettings } from '../program-plan.ts';
import type { SimProgramSetup } from '../../sim-output.ts';
import { simSqlite } from './sim-sqlite.ts';
import type { SinkPlace } from './sink-place.ts';
import { type PartitionKey, partitionKey, type Partitions, type SinkRow } from './sink-row.ts';

/** Options of a destination. */
export interface SqlitePlaceSetup {
  readonly settings: SinkSettings;
  /** Decides about failures; shared by all processes. */
  readonly random: RandomSource;
  readonly coverage: Coverage;
}

/** The ledger table, as documented in the README of the sink. */
const LEDGER = 'millrace_ledger';

/** See the header of this file. */
export class SqlitePlace implements SinkPlace {
  readonly #setup: SqlitePlaceSetup;
  #directory: string | undefined;

  constructor(setup: SqlitePlaceSetup) {
    this.#setup = setup;
  }

  sinkFor({ process, isFaulty }: SimProgramSetup): Sink<SinkRow> {
    const { settings, random, coverage } = this.#setup;
    const { journalMode = 'wal', failureRate = 0 } = settings;
    const sqlite = simSqlite({
      process,
      random,
      coverage,
      failureRate: () => (isFaulty() ? failureRate : 0),
    });
    const columns = ['batch', 'part', 'text'];
    // No process of the world waits for another: a transaction is one synchronous operation.
    const options = { file: this.#file, table: 'records', columns, journalMode, busyTimeoutMs: 0 };
    const row = ({ batch, part, text }: SinkRow) => ({ batch, part, text });
    return sqliteSink<SinkRow>(options, row, sqlite);
  }

  look(complain: (what: string) => void): Partitions {
    const partitions = new Map<PartitionKey, string[]>();
    this.#read((database) => {
      const isThere = database.prepare('SELECT 1 FROM sqlite_master WHERE name = ?').get('records');
      if (isThere === undefined) return;
      const rows = database.prepare('SELECT batch, part, text FROM records ORDER BY rowid').all();
      for (const { batch, part, text } of rows as unknown as readonly SinkRow[]) {
        const key = partitionKey(batch, part);
        partitions.set(key, [...(partitions.get(key) ?? []), text]);
      }
      const written = database
        .prepare(`SELECT batch_time AS batch, "partition" AS part, row_count AS rows FROM ${LEDGER}`)
        .all();
      for (const { batch, part, rows: count } of written as unknown as readonly Written[]) {
        const { length } = partitions.get(partitionKey(batch, part)) ?? [];
        if (length !== count)
          complain(`the ledger has ${count} rows of ${batch}/${part}, there are ${length}`);
      }
    });
    return partitions;
  }

  async remove(batchTime: number): Promise<void> {
    this.#read((database) => {
      database.prepare('DELETE FROM records WHERE batch = ?').run(batchTime);
      database.prepare(`DELETE FROM ${LEDGER} WHERE batch_time = ?`).run(batchTime);
    });
  }

  async checkAtRest(complain: (what: string) => void): Promise<void> {
    this.#read((database) => {
      const [result] = database.prepare('PRAGMA integrity_check').all();
      if (result?.['integrity_check'] !== 'ok')
        complain(`the database is damaged: ${JSON.stringify(result)}`);
    });
  }

  close(): void {
    if (this.#directory !== undefined) rmSync(this.#directory, { recursive: true, force: true });
  }

  get #file(): string {
    this.#directory ??= mkdtempSync(join(tmpdir(), 'millrace-sim-'));
    return join(this.#directory, 'sink.db');
  }

  #read(work: (database: InstanceType<typeof import('node:sqlite').DatabaseSync>) => void): void {
    const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
    const database = new DatabaseSync(this.#file);
    try {
      work(database);
    } finally {
      database.close();
    }
  }
}

interface Written {
  readonly batch: number;
  readonly part: number;
  readonly rows: number;
}
