// A temporary table with the rows of one partition, beside the database and without a log. The records are computed while the
// table is filled, before the transaction: a record that fails touches nothing, the transaction is short, and its rows can be
// written once more to find the record to blame. A partition that exceeds the memory of DuckDB goes to its temporary directory.
import { ROWS_AT_ONCE, type DuckdbSession, type StagedType } from '../database/duckdb-session.ts';
import type { StagedRow } from '../rows/record-rows.ts';
import type { StagedValue } from '../rows/row-values.ts';
import type { DuckdbTypedColumn } from '../rows/duckdb-typed-column.ts';

const NAME = 'millrace_stage';

/** The temporary table for rows of one table. */
export class DuckdbStage {
  readonly #columns: readonly DuckdbTypedColumn[];

  constructor(columns: readonly DuckdbTypedColumn[]) {
    this.#columns = columns;
  }

  /** Makes the table with these rows. Returns their number. */
  async fill(session: DuckdbSession, rows: Iterable<StagedRow>): Promise<number> {
    const types: StagedType[] = ['UINTEGER', 'BOOLEAN', ...this.#columns.map(({ staged }) => staged)];
    const names = ['place', 'removed', ...this.#columns.map((_, index) => `c${index}`)];
    const definitions = types.map((type, index) => `${names[index]} ${type}`);
    await session.run(`CREATE OR REPLACE TEMP TABLE ${NAME} (${definitions.join(', ')})`);
    const appending = await session.append(NAME, types);
    let count = 0;
    let chunk = emptyChunk(types.length);
    const send = async (): Promise<void> => {
      const size = chunk[0]?.length ?? 0;
      if (size > 0) await appending.put(chunk, size);
      chunk = emptyChunk(types.length);
    };
    try {
      for (const { values, isRemoved } of rows) {
        chunk[0]?.push(count);
        chunk[1]?.push(isRemoved);
        for (const [index, value] of values.entries()) chunk[index + 2]?.push(value);
        count += 1;
        if (count % ROWS_AT_ONCE === 0) await send();
      }
      await send();
    } finally {
      await appending.end();
    }
    return count;
  }

  /** A query for the first rows: `place`, `removed` and the values `c0`, `c1`, … in the types of the table. */
  first(count: number): string {
    const values = this.#columns.map((column, index) => `${typed(column, index)} AS c${index}`);
    return `SELECT place, removed, ${values.join(', ')} FROM temp.${NAME} WHERE place < ${count}`;
  }

  /** Frees the memory of the rows. */
  async empty(session: DuckdbSession): Promise<void> {
    await session.run(`DROP TABLE IF EXISTS temp.${NAME}`);
  }
}

function emptyChunk(width: number): StagedValue[][] {
  return Array.from({ length: width }, () => []);
}

function typed({ kind, type, staged }: DuckdbTypedColumn, index: number): string {
  if (type === staged) return `c${index}`;
  const value = kind === 'nested' ? `CAST(c${index} AS JSON)` : `c${index}`;
  return `CAST(${value} AS ${type})`;
}
