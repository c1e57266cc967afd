// A table without a key: every record is one more row.
import { quoteIdentifier } from './quote-identifier.ts';
import type { RowColumn } from './row-values.ts';
import type { SqliteConnection } from './sqlite-connection.ts';
import type { TargetTable } from './target-table.ts';

/** An existing table, without a key. */
export function appendingTable(
  connection: SqliteConnection,
  { name, columns }: { readonly name: string; readonly columns: readonly RowColumn[] },
): TargetTable {
  const insert = connection.prepare(insertInto(name, columns));
  return {
    name,
    columns,
    begin: () => undefined,
    // bounded: the columns of a table
    put: (values) => void insert.run(...values),
    remove: () => {
      throw new TypeError('expected a table with a key');
    },
  };
}

/** The statement that inserts a row with these columns. */
export function insertInto(table: string, columns: readonly { readonly name: string }[]): string {
  const names = columns.map(({ name }) => quoteIdentifier(name)).join(', ');
  const places = columns.map(() => '?').join(', ');
  return `INSERT INTO ${quoteIdentifier(table)} (${names}) VALUES (${places})`;
}
