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
    /**
     * True says that every host of the engine reaches the file at this path, on a file system with working locks, which many
     * network file systems do not have; needs `journalMode: 'delete'`. Executors on several hosts need this.
     */
    shared: z.boolean().default(false),
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
      .refine((columns) => isEachOnce(columns.map(nameOf)), 'expected each column once'),
    /**
     * The columns whose values identify a row: a record replaces the row with its key. The table needs a unique index on
     * these columns. Default: every record is one more row.
     */
    key: z
      .array(identifier)
      .min(1)
      .max(COLUMNS_MAX)
      .refine(isEachOnce, 'expected each column once')
      .optional(),
    /** A function of a record, true when the record removes the row with its key; with `key` only. */
    remove: z
      .custom<(record: never) => boolean>((value) => typeof value === 'function', 'expected a function')
      .meta({ title: 'function' })
      .optional(),
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
  })
  .refine(({ shared, journalMode }) => !shared || journalMode === 'delete', {
    path: ['journalMode'],
    message: "expected 'delete' beside shared, because the journal wal needs memory that processes share",
  })
  .superRefine(({ columns, key, remove }, issues) => {
    const names = new Set(columns.map((column) => fold(nameOf(column))));
    for (const [index, name] of (key ?? []).entries()) {
      if (names.has(fold(name))) continue;
      issues.addIssue({ code: 'custom', path: ['key', index], message: 'expected one of the columns' });
    }
    if (remove === undefined || key !== undefined) return;
    const message = 'expected no function without key, because only a key identifies the row to remove';
    issues.addIssue({ code: 'custom', path: ['remove'], message });
  });

/** The options in the form written by an application, for records of type `T`. */
export interface SqliteSinkInput<T = unknown> extends Omit<z.input<typeof sqliteSinkOptions>, 'remove'> {
  /** True when the record removes the row with its key; the record then needs values for the key only. */
  readonly remove?: ((record: T) => boolean) | undefined;
}

/** The options with every default filled in. */
export type SqliteSinkOptions = z.output<typeof sqliteSinkOptions>;

/** The tables of a ledger: the written partitions, and the newest dropped batches. */
export function ledgerNames(ledgerTable: string): readonly [written: string, forgotten: string] {
  return [ledgerTable, `${ledgerTable}_forgotten`];
}

function nameOf(column: string | { readonly name: string }): string {
  return typeof column === 'string' ? column : column.name;
}

function isEachOnce(names: readonly string[]): boolean {
  return new Set(names.map(fold)).size === names.length;
}

/** SQLite treats names that differ only in the case of ASCII letters as equal. */
export function fold(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
