// The options of `sqliteSink`. Names of tables and columns may be any text that SQLite can quote.
import { isPathText, PATH_TEXT_EXPECTED } from '@millrace/core/engine';
import { z } from 'zod';

/** More columns than SQLite accepts. */
const COLUMNS_MAX = 2_000;

/** A table or column. SQL ends at a NUL character, quoted or not. */
const identifier = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\0]*$/, 'expected a name without NUL characters')
  .refine((name) => name.isWellFormed(), 'expected well-formed text');

const column = z.union([
  identifier,
  z.strictObject({
    name: identifier,
    /** The column's type in a new table; by default none, and the column keeps the type of each value. */
    type: z.enum(['INTEGER', 'REAL', 'TEXT', 'BLOB', 'NUMERIC']).optional(),
  }),
]);

/** Describes the options of `sqliteSink`. */
export const sqliteSinkOptions = z
  .strictObject({
    /** The database file; made when missing. The directory must exist. No `:memory:`, no `file:` URI. */
    file: z
      .string()
      .min(1)
      .refine((file) => !file.startsWith(':') && !file.startsWith('file:'), 'expected the path of a file')
      .refine(isPathText, PATH_TEXT_EXPECTED),
    /** The table of the rows. */
    table: identifier,
    /**
     * The columns, each also the name of the record's field; a name, or `{ name, type }` with `INTEGER`, `REAL`, `TEXT`,
     * `BLOB` or `NUMERIC`.
     */
    columns: z
      .array(column)
      .min(1)
      .max(COLUMNS_MAX)
      .refine(
        (columns) => new Set(columns.map(foldedName)).size === columns.length,
        'expected each column once',
      ),
    /** True when a missing table is made. */
    createTable: z.boolean().default(true),
    /** The longest wait of a write for another writing connection. The thread waits with the write. */
    busyTimeoutMs: z.int().min(0).max(60_000).default(1_000),
    /** The journal of transactions. `wal` permits concurrent readers and needs a local disk. */
    journalMode: z.enum(['wal', 'delete']).default('wal'),
    /** The waits of SQLite for the disk. Below `full` a loss of power may undo writes that had resolved. */
    synchronous: z.enum(['extra', 'full', 'normal']).default('full'),
    /** The table of the sink's own record of writes. */
    ledgerTable: identifier.default('millrace_ledger'),
    /** The least number of batches of each output operation in the ledger. */
    ledgerBatches: z.int().min(1).max(10_000_000).default(10_000),
  })
  .refine(({ table, ledgerTable }) => ledgerNames(ledgerTable).every((name) => fold(name) !== fold(table)), {
    path: ['ledgerTable'],
    message: 'expected another table than the one that gets the rows',
  });

/** The options in the form written by an application. */
export type SqliteSinkInput = z.input<typeof sqliteSinkOptions>;

/** The options with every default filled in. */
export type SqliteSinkOptions = z.output<typeof sqliteSinkOptions>;

/** The tables of a ledger: the written partitions, and the newest dropped batches. */
export function ledgerNames(ledgerTable: string): readonly [written: string, forgotten: string] {
  return [ledgerTable, `${ledgerTable}_forgotten`];
}

function foldedName(column: string | { readonly name: string }): string {
  return fold(typeof column === 'string' ? column : column.name);
}

/** SQLite treats names that differ only in the case of ASCII letters as equal. */
function fold(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
