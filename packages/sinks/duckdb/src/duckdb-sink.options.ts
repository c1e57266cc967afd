// The options of `duckdbSink`. Names are quoted, so each may be any text; DuckDB does not tell upper from lower case.
import {
  flag,
  isPathText,
  type Mismatch,
  option,
  type OptionTable,
  required,
  schemaByTable,
  wholeNumberWithin,
} from '@millrace/core/engine';

/** A column: its name, or its name with the type in a new table. */
export type DuckdbColumn = string | { readonly name: string; readonly type?: string | undefined };

/** The options with every default filled in. */
export interface DuckdbSinkOptions {
  /** The database file; made when missing. The directory must exist, on a local disk. No `:memory:`. */
  readonly file: string;
  /** The table of the rows. */
  readonly table: string;
  /** The schema of the table and of the ledger. It must exist. */
  readonly schema: string;
  /**
   * The columns, each also the name of the record's field; a name, or `{ name, type }` with the type in a new table, for
   * instance `BIGINT` or `DECIMAL(12,2)`. Without a type a new column is `VARCHAR`.
   */
  readonly columns: readonly DuckdbColumn[];
  /**
   * The columns whose values identify a row: a record replaces the row with its key. The table needs a unique index on
   * these columns. Default: every record is one more row.
   */
  readonly key?: readonly string[] | undefined;
  /** A function of a record, true when the record removes the row with its key; with `key` only. Default: none. */
  readonly remove?: ((record: never) => boolean) | undefined;
  /** True: a missing table is made. The tables of the ledger are always made. */
  readonly create: boolean;
  /** The memory of DuckDB for this database, in MiB. Rows beyond go to the directory `<file>.tmp` until the transaction. */
  readonly memoryMiB: number;
  /** The number of threads that DuckDB uses for one statement. */
  readonly threads: number;
  /** The table of the sink's own record of writes. */
  readonly ledgerTable: string;
  /** The least number of batches of each output operation in the ledger. */
  readonly ledgerBatches: number;
}

type Required = 'file' | 'table' | 'columns';

/** The options as an application writes them, for records of type `T`. */
export interface DuckdbSinkInput<T = unknown>
  extends Pick<DuckdbSinkOptions, Required>, Partial<Omit<DuckdbSinkOptions, Required | 'remove'>> {
  /** True when the record removes the row with its key; the record then needs values for the key only. */
  readonly remove?: ((record: T) => boolean) | undefined;
}

const NAME_CHARACTERS_MAX = 200;
const COLUMNS_MAX = 2_000;
/** The type of a column: words, one pair of parentheses, brackets of lists. */
const TYPE = /^[a-z_][a-z0-9_ ]*(?:\([a-z0-9_ ,]+\))?(?:\[\d*\])*$/i;

const name = (fallback?: string) =>
  option<string>(
    `a name of at most ${NAME_CHARACTERS_MAX} characters, without NUL characters`,
    isName,
    fallback,
  );

/** The rules of the options. */
export const DUCKDB_SINK_RULES: OptionTable<DuckdbSinkOptions> = {
  file: required(option<string>('the path of a file', isFile)),
  table: required(name()),
  schema: name('main'),
  columns: required(option<readonly DuckdbColumn[]>('a list of columns, each once', isColumnList)),
  key: option<readonly string[]>('a list of columns, each once', isNameList),
  remove: option<(record: never) => boolean>('a function', (value) => typeof value === 'function'),
  create: flag(true),
  memoryMiB: wholeNumberWithin(32, 16_777_216, 256),
  threads: wholeNumberWithin(1, 256, 1),
  ledgerTable: name('millrace_ledger'),
  ledgerBatches: wholeNumberWithin(1, 10_000_000, 10_000),
};

/** Describes the options of `duckdbSink`. */
export const duckdbSinkOptions = schemaByTable<DuckdbSinkInput, DuckdbSinkOptions>(
  DUCKDB_SINK_RULES,
  mismatches,
);

/** The tables of a ledger: the written partitions, and the newest dropped batches. */
export function ledgerNames(ledgerTable: string): readonly [written: string, forgotten: string] {
  return [ledgerTable, `${ledgerTable}_forgotten`];
}

/** The name of a column. */
export function columnName(column: DuckdbColumn): string {
  return typeof column === 'string' ? column : column.name;
}

/** DuckDB treats names that differ only in the case of letters as equal. */
export function fold(text: string): string {
  return text.toLowerCase();
}

function mismatches({ table, columns, key, remove, ledgerTable }: DuckdbSinkOptions) {
  const found: Mismatch<DuckdbSinkOptions>[] = [];
  const names = new Set(columns.map((column) => fold(columnName(column))));
  if (key?.some((column) => !names.has(fold(column))) === true)
    found.push({ name: 'key', expected: 'names of the columns' });
  if (remove !== undefined && key === undefined) {
    const expected = 'no function without key, because only a key identifies the row to remove';
    found.push({ name: 'remove', expected });
  }
  if (ledgerNames(ledgerTable).map(fold).includes(fold(table)))
    found.push({ name: 'ledgerTable', expected: 'another table than the one that gets the rows' });
  return found;
}

/** DuckDB also accepts connection strings of other systems and databases in memory in place of a path. */
function isFile(value: unknown): boolean {
  return typeof value === 'string' && isPathText(value) && !/^(?::|[a-z]{2,}:)/i.test(value);
}

function isName(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    value !== '' &&
    value.length <= NAME_CHARACTERS_MAX &&
    !value.includes('\0') &&
    value.isWellFormed()
  );
}

function isNameList(value: unknown): boolean {
  if (!Array.isArray(value) || value.length === 0 || value.length > COLUMNS_MAX) return false;
  return value.every(isName) && new Set(value.map((one) => fold(String(one)))).size === value.length;
}

function isColumnList(value: unknown): boolean {
  if (!Array.isArray(value) || !value.every(isColumn)) return false;
  return isNameList(value.map((column) => columnName(column as DuckdbColumn)));
}

function isColumn(value: unknown): boolean {
  if (typeof value === 'string') return true;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { name: text, type, ...others } = value as Record<string, unknown>;
  const isType = type === undefined || (typeof type === 'string' && TYPE.test(type));
  return typeof text === 'string' && isType && Object.keys(others).length === 0;
}
