// The options of `postgresSink`. Names are quoted, so each may be any text that PostgreSQL does not cut off.
import {
  CONNECTION_RULES,
  connectionMismatches,
  type PostgresConnectionInput,
  type PostgresConnectionOptions,
} from '@millrace/connection-postgres';
import {
  flag,
  type Mismatch,
  option,
  type OptionTable,
  required,
  schemaByTable,
  wholeNumberWithin,
} from '@millrace/core/engine';

/** A column: its name, or its name with the type in a new table. */
export type PostgresColumn = string | { readonly name: string; readonly type?: string | undefined };

/** The options of the table and of its ledger. */
export interface PostgresTableOptions {
  /** The table of the rows, in the spelling of the database: names are quoted, so `Words` and `words` are two tables. */
  readonly table: string;
  /** The schema of the table and of the ledger. Default: the first one of the search path, for the table the one that has it. */
  readonly schema?: string | undefined;
  /**
   * The columns, each also the name of the record's field; a name, or `{ name, type }` with the type in a new table, for
   * instance `bigint` or `numeric(12,2)`. Without a type a new column is `text`.
   */
  readonly columns: readonly PostgresColumn[];
  /**
   * The columns whose values identify a row: a record replaces the row with its key. The table needs a unique index on
   * these columns. Default: every record is one more row.
   */
  readonly key?: readonly string[] | undefined;
  /** A function of a record, true when the record removes the row with its key; with `key` only. Default: none. */
  readonly remove?: ((record: never) => boolean) | undefined;
  /** True: a missing table is made. The tables of the ledger are always made. */
  readonly create: boolean;
  /** The number of records from which on a partition is written by COPY; a partition with a key is not. */
  readonly copyRows: number;
  /**
   * The largest number of records of a partition that stay in memory until the commit, so that the sink can repeat the
   * transaction by itself. A larger partition, or one of more than about 4 MiB, is computed while it is sent.
   */
  readonly rowsInMemory: number;
  /** The largest number of connections of one executor, and so of partitions that are written at once. */
  readonly connections: number;
  /** The longest wait for a lock of another transaction, in milliseconds. */
  readonly lockTimeoutMs: number;
  /** The table of the sink's own record of writes. */
  readonly ledgerTable: string;
  /** The least number of batches of each output operation in the ledger. */
  readonly ledgerBatches: number;
}

/** The options with every default filled in. */
export interface PostgresSinkOptions extends PostgresConnectionOptions, PostgresTableOptions {}

type Required = 'table' | 'columns';

/** The options as an application writes them, for records of type `T`. */
export interface PostgresSinkInput<T = unknown>
  extends
    PostgresConnectionInput,
    Pick<PostgresTableOptions, Required>,
    Partial<Omit<PostgresTableOptions, Required | 'remove'>> {
  /** True when the record removes the row with its key; the record then needs values for the key only. */
  readonly remove?: ((record: T) => boolean) | undefined;
}

/** PostgreSQL cuts longer names off, so two of them may be one. */
const NAME_BYTES = 63;
/** Room for `_forgotten`, `_keys_` and eight digits. */
const LEDGER_NAME_BYTES = 48;
/** The server accepts no more. */
const COLUMNS_MAX = 1_600;
/** The type of a column: words, a length, brackets of arrays. */
const TYPE = /^[a-z_][a-z0-9_ ]*(?:\(\d{1,4}(?:, ?\d{1,4})?\))?(?: with(?:out)? time zone)?(?:\[\])*$/i;

const name = (bytes = NAME_BYTES, fallback?: string) =>
  option<string>(
    `a name of at most ${bytes} bytes, without NUL characters`,
    (value) => isName(value, bytes),
    fallback,
  );

/** The rules of table and ledger. */
export const TABLE_RULES: OptionTable<PostgresTableOptions> = {
  table: required(name()),
  schema: name(),
  columns: required(option<readonly PostgresColumn[]>('a list of columns, each once', isColumnList)),
  key: option<readonly string[]>('a list of columns, each once', isNameList),
  remove: option<(record: never) => boolean>('a function', (value) => typeof value === 'function'),
  create: flag(false),
  copyRows: wholeNumberWithin(1, 100_000, 2_000),
  rowsInMemory: wholeNumberWithin(1, 100_000, 5_000),
  connections: wholeNumberWithin(1, 100, 4),
  lockTimeoutMs: wholeNumberWithin(1, 3_600_000, 10_000),
  ledgerTable: name(LEDGER_NAME_BYTES, 'millrace_ledger'),
  ledgerBatches: wholeNumberWithin(1, 10_000_000, 10_000),
};

/** Describes the options of `postgresSink`. */
export const postgresSinkOptions = schemaByTable<PostgresSinkInput, PostgresSinkOptions>(
  { ...TABLE_RULES, ...CONNECTION_RULES },
  (options) => [...connectionMismatches(options), ...tableMismatches(options)],
);

/** The tables of a ledger: the written partitions, and the newest dropped batches. */
export function ledgerNames(ledgerTable: string): readonly [written: string, forgotten: string] {
  return [ledgerTable, `${ledgerTable}_forgotten`];
}

/** The name of a column. */
export function columnName(column: PostgresColumn): string {
  return typeof column === 'string' ? column : column.name;
}

function tableMismatches({
  table,
  columns,
  key,
  remove,
  ledgerTable,
  lockTimeoutMs,
  requestTimeoutMs,
}: PostgresSinkOptions): readonly Mismatch<PostgresSinkOptions>[] {
  const names = new Set(columns.map(columnName));
  const mismatches: Mismatch<PostgresSinkOptions>[] = [];
  if (key?.some((column) => !names.has(column)) === true)
    mismatches.push({ name: 'key', expected: 'names of the columns' });
  if (remove !== undefined && key === undefined)
    mismatches.push({
      name: 'remove',
      expected: 'no function without key, because only a key identifies the row to remove',
    });
  if (ledgerNames(ledgerTable).includes(table))
    mismatches.push({ name: 'ledgerTable', expected: 'another table than the one that gets the rows' });
  if (lockTimeoutMs >= requestTimeoutMs)
    mismatches.push({ name: 'lockTimeoutMs', expected: 'less than requestTimeoutMs' });
  return mismatches;
}

function isName(value: unknown, bytes = NAME_BYTES): boolean {
  return (
    typeof value === 'string' &&
    value !== '' &&
    !value.includes('\0') &&
    value.isWellFormed() &&
    Buffer.byteLength(value) <= bytes
  );
}

function isNameList(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.length <= COLUMNS_MAX &&
    value.every((one) => isName(one)) &&
    new Set(value).size === value.length
  );
}

function isColumnList(value: unknown): boolean {
  if (!Array.isArray(value) || !value.every(isColumn)) return false;
  return isNameList(value.map((column) => columnName(column as PostgresColumn)));
}

function isColumn(value: unknown): boolean {
  if (typeof value === 'string') return true;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { name: text, type, ...others } = value as Record<string, unknown>;
  const isType = type === undefined || (typeof type === 'string' && TYPE.test(type));
  return typeof text === 'string' && isType && Object.keys(others).length === 0;
}
