// A sender of rows that goes on through the faults of a server.
import { setTimeout } from 'node:timers/promises';
import type pg from 'pg';
import type { Database } from './database.ts';

const TRY_AGAIN_MS = 100;

/** Writes numbered rows, each once, whether the server lives or not. */
export class RowSender {
  readonly #database: Database;
  #client: pg.Client | undefined;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Writes rows in one transaction; resolves when the server has the rows. */
  async send(ids: readonly number[]): Promise<void> {
    const values = ids.map((id) => `(${id})`).join(', ');
    // A repetition finds the rows that a lost answer has told of.
    await this.run(`INSERT INTO records (id) VALUES ${values} ON CONFLICT DO NOTHING`);
  }

  /** Runs a statement until the server answers. */
  async run<Row extends object>(statement: string): Promise<readonly Row[]> {
    for (;;) {
      try {
        this.#client ??= await this.#database.client();
        return (await this.#client.query<Row>(statement)).rows;
      } catch {
        const lost = this.#client;
        this.#client = undefined;
        lost?.end().catch(() => undefined);
        await setTimeout(TRY_AGAIN_MS);
      }
    }
  }

  async end(): Promise<void> {
    await this.#client?.end();
  }
}
