// A database that is the destination of a SQLite sink, with a row for each record. The content is read with plain
// statements.
import type { Sink } from '@millrace/core';
import { sqliteSink } from '@millrace/sink-sqlite';
import type { SimProgramSetup } from '../../sim-output.ts';
import type { DroppedWrite, SinkPlace } from './sink-place.ts';
import { ofKey, type PartitionKey, partitionKey, type Partitions, type SinkRow } from './sink-row.ts';
import { LEDGER, SqliteFile, type SqliteFileSetup } from './sqlite-file.ts';

/** See the header of this file. */
export class SqlitePlace implements SinkPlace {
  readonly #setup: SqliteFileSetup;
  readonly #file: SqliteFile;
  /** True when an operator had to restore the ledger: the ledger keeps more batches from then on. */
  #keepsMore = false;

  constructor(setup: SqliteFileSetup) {
    this.#setup = setup;
    this.#file = new SqliteFile(setup);
  }

  sinkFor(setup: SimProgramSetup): Sink<SinkRow> {
    const { journalMode = 'wal', ledgerBatches } = this.#setup.settings;
    const columns = ['batch', 'part', 'text'];
    // No process of the world waits for another: a transaction is one synchronous operation.
    const options = {
      file: this.#file.path,
      table: 'records',
      columns,
      journalMode,
      busyTimeoutMs: 0,
      ...(ledgerBatches === undefined || this.#keepsMore ? {} : { ledgerBatches }),
    };
    const row = ({ batch, part, text }: SinkRow) => ({ batch, part, text });
    return sqliteSink<SinkRow>(options, row, this.#file.sqliteOf(setup));
  }

  look(complain: (what: string) => void): Partitions {
    const partitions = new Map<PartitionKey, string[]>();
    if (!this.#file.hasTable('records')) return partitions;
    this.#file.use((database) => {
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
    this.#file.use((database) => {
      database.prepare('DELETE FROM records WHERE batch = ?').run(batchTime);
      database.prepare(`DELETE FROM ${LEDGER} WHERE batch_time = ?`).run(batchTime);
    });
  }

  async restore(outputOperation: number, writes: ReadonlyMap<PartitionKey, DroppedWrite>): Promise<void> {
    this.#keepsMore = true;
    this.#file.use((database) => {
      const add = database.prepare(`INSERT OR IGNORE INTO ${LEDGER} VALUES (?, ?, ?, ?, ?, ?, ?)`);
      for (const [key, { partitions, rows }] of writes)
        add.run('records', 'simulated', outputOperation, ...ofKey(key), partitions, rows);
      database.exec(`DELETE FROM ${LEDGER}_forgotten`);
    });
  }

  async checkAtRest(complain: (what: string) => void): Promise<void> {
    this.#file.checkIntegrity(complain);
  }

  close(): void {
    this.#file.close();
  }
}

interface Written {
  readonly batch: number;
  readonly part: number;
  readonly rows: number;
}
