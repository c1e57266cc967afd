// The options of `sqliteSink`. Names of tables and columns may be anything that SQLite can quote.
import { isPathText, PATH_TEXT_EXPECTED } from '@millrace/core/engine';
import { z } from 'zod';

/** More columns than SQLite takes. */
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
    /** The column's type where the table is made; by default none, and the column keeps what it is given. */
    type: z.enum(['INTEGER', 'REAL', 'TEXT', 'BLOB', 'NUMERIC']).optional(),
  }),
]);

/** Describes the options of `sqliteSink`. */
export const sqliteSinkOptions = z
  .strictObject({
    /** The database file; made when it is not there. Its directory must be. */
    file: z
      .string()
      .min(1)
      .refine((file) => !file.startsWith(':') && !file.startsWith('file:'), 'expected the path of a file')
      .refine(isPathText, PATH_TEXT_EXPECTED),
    /** The table that gets the rows. */
    table: identifier,
    /** The columns, each also the field of a record that it holds; a name, or `{ name, type }`. */
    columns: z
      .array(column)
      .min(1)
      .max(COLUMNS_MAX)
      .refine(
        (columns) => new Set(columns.map(foldedName)).size === columns.length,
        'expected each column once',
      ),
    /** Whether the table is made when it is not there. */
    createTable: z.boolean().default(true),
    /** How long a write waits for another connection that is writing. The thread waits with it. */
    busyTimeoutMs: z.int().min(0).max(60_000).default(1_000),
    /** How a transaction is made safe. `wal` lets others read meanwhile and needs a local disk. */
    journalMode: z.enum(['wal', 'delete']).default('wal'),
    /** When SQLite waits for the disk. Below `full` a loss of power may take writes back that had resolved. */
    synchronous: z.enum(['extra', 'full', 'normal']).default('full'),
    /** The table in which the sink remembers what it has written. */
    ledgerTable: identifier.default('millrace_ledger'),
    /** How many batches of each output operation the ledger remembers, at least. */
    ledgerBatches: z.int().min(1).max(10_000_000).default(10_000),
  })
  .refine(({ table, ledgerTable }) => ledgerNames(ledgerTable).every((name) => fold(name) !== fold(table)), {
    path: ['ledgerTable'],
    message: 'expected another table than the one that gets the rows',
  });

/** What an application writes. */
export type SqliteSinkInput = z.input<typeof sqliteSinkOptions>;

/** The options with every default filled in. */
export type SqliteSinkOptions = z.output<typeof sqliteSinkOptions>;

/** The tables of a ledger: what was written, and up to where that was forgotten. */
export function ledgerNames(ledgerTable: string): readonly [written: string, forgotten: string] {
  return [ledgerTable, `${ledgerTable}_forgotten`];
}

function foldedName(column: string | { readonly name: string }): string {
  return fold(typeof column === 'string' ? column : column.name);
}

/** SQLite takes names that differ only in the case of ASCII letters for the same. */
function fold(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
