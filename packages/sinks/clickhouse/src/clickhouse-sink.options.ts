// The options of `clickhouseSink`. Names are quoted.
import {
  flag,
  isOptions,
  type Mismatch,
  oneOf,
  option,
  type OptionTable,
  required,
  schemaByTable,
  wholeNumberWithin,
} from '@millrace/core/engine';
import {
  type ClickhouseConnectionInput,
  type ClickhouseConnectionOptions,
  CONNECTION_RULES,
  connectionMismatches,
} from './connection/connection-options.ts';

/** A column: its name, or its name with the type in a new table. */
export type ClickhouseColumn = string | { readonly name: string; readonly type?: string | undefined };

/** The options of the table and of its ledger. */
export interface ClickhouseTableOptions {
  /** The table of the rows, in the database of the connection. */
  readonly table: string;
  /**
   * The columns, each also the name of the record's field; a name, or `{ name, type }` with the type in a new table, for
   * instance `DateTime64(3)`. Without a type a new column is `String`.
   */
  readonly columns: readonly ClickhouseColumn[];
  /** True: a missing table is made, of the engine `MergeTree` with a deduplication window. The ledger is always made. */
  readonly create: boolean;
  /** The sorting key of a new table. Default: none, `ORDER BY tuple()`. */
  readonly orderBy?: readonly string[] | undefined;
  /** The claim of the sink. `open` refuses `effectively-once` for a table that remembers no deduplication tokens. */
  readonly delivery: 'effectively-once' | 'at-least-once';
  /** The largest number of rows in one insert. */
  readonly maxRowsPerInsert: number;
  /** The largest insert, in bytes of JSON; a single longer row is inserted alone. */
  readonly maxBytesPerInsert: number;
  /**
   * The size of a partition, in bytes of JSON, up to which all records are converted before the first insert: a record that
   * cannot be a row then leaves nothing in the table.
   */
  readonly bytesInMemory: number;
  /** The largest number of connections of one executor. */
  readonly connections: number;
  /** The table of the sink's own record of writes. */
  readonly ledgerTable: string;
  /** The least number of days that the ledger keeps a write. */
  readonly ledgerDays: number;
  /** Further settings of ClickHouse for every statement, for instance `{ insert_quorum: 2 }`. Default: none. */
  readonly settings?: Readonly<Record<string, string | number>> | undefined;
}

/** The options with every default filled in. */
export interface ClickhouseSinkOptions extends ClickhouseConnectionOptions, ClickhouseTableOptions {}

type Required = 'table' | 'columns';

/** The options as an application writes them. */
export interface ClickhouseSinkInput
  extends
    ClickhouseConnectionInput,
    Pick<ClickhouseTableOptions, Required>,
    Partial<Omit<ClickhouseTableOptions, Required>> {}

const NAME_CHARACTERS_MAX = 200;
const COLUMNS_MAX = 10_000;
const MEBIBYTE = 1_048_576;
const SETTING_NAME = /^[a-z][a-z0-9_]{0,100}$/;

/** Settings that the sink itself sets: tokens work only together with these values. */
export const OWN_SETTINGS: ReadonlySet<string> = new Set([
  'async_insert',
  'insert_deduplicate',
  'insert_deduplication_token',
  'input_format_parallel_parsing',
  'max_insert_block_size',
  'min_insert_block_size_rows',
  'min_insert_block_size_bytes',
  'wait_end_of_query',
]);

const name = (fallback?: string) =>
  option<string>(
    `a name of at most ${NAME_CHARACTERS_MAX} characters, without NUL characters`,
    isName,
    fallback,
  );

/** The rules of table and ledger. */
export const TABLE_RULES: OptionTable<ClickhouseTableOptions> = {
  table: required(name()),
  columns: required(option<readonly ClickhouseColumn[]>('a list of columns, each once', isColumnList)),
  create: flag(false),
  orderBy: option<readonly string[]>('a list of columns, each once', isNameList),
  delivery: oneOf(['effectively-once', 'at-least-once'], 'effectively-once'),
  maxRowsPerInsert: wholeNumberWithin(1, 1_000_000, 100_000),
  maxBytesPerInsert: wholeNumberWithin(1, 64 * MEBIBYTE, 8 * MEBIBYTE),
  bytesInMemory: wholeNumberWithin(0, 256 * MEBIBYTE, 8 * MEBIBYTE),
  connections: wholeNumberWithin(1, 100, 4),
  ledgerTable: name('millrace_ledger'),
  ledgerDays: wholeNumberWithin(1, 3_650, 30),
  settings: option<Readonly<Record<string, string | number>>>(
    'an object of settings with texts and numbers, without those that the sink sets',
    isSettings,
  ),
};

/** Describes the options of `clickhouseSink`. */
export const clickhouseSinkOptions = schemaByTable<ClickhouseSinkInput, ClickhouseSinkOptions>(
  { ...TABLE_RULES, ...CONNECTION_RULES },
  (options) => [...connectionMismatches(options), ...tableMismatches(options)],
);

/** The name of a column. */
export function columnName(column: ClickhouseColumn): string {
  return typeof column === 'string' ? column : column.name;
}

function tableMismatches(options: ClickhouseSinkOptions): readonly Mismatch<ClickhouseSinkOptions>[] {
  const { table, columns, create, orderBy, ledgerTable } = options;
  const names = new Set(columns.map(columnName));
  const found: Mismatch<ClickhouseSinkOptions>[] = [];
  if (orderBy !== undefined && !create)
    found.push({ name: 'orderBy', expected: 'no sorting key without create, because the table has one' });
  if (orderBy?.some((column) => !names.has(column)) === true)
    found.push({ name: 'orderBy', expected: 'names of the columns' });
  if (ledgerTable === table)
    found.push({ name: 'ledgerTable', expected: 'another table than the one that gets the rows' });
  return found;
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
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.length <= COLUMNS_MAX &&
    value.every(isName) &&
    new Set(value).size === value.length
  );
}

function isColumnList(value: unknown): boolean {
  if (!Array.isArray(value) || !value.every(isColumn)) return false;
  return isNameList(value.map((column) => columnName(column as ClickhouseColumn)));
}

function isColumn(value: unknown): boolean {
  if (typeof value === 'string') return true;
  if (!isOptions(value)) return false;
  const { name: text, type, ...others } = value;
  const hasType = type === undefined || (typeof type === 'string' && isType(type));
  return typeof text === 'string' && hasType && Object.keys(others).length === 0;
}

/** A name, or a name with parameters in brackets that end with the text. */
function isType(text: string): boolean {
  if (!/^[A-Za-z]\w*(?:\([\w\s(),'=./+-]+\))?$/.test(text)) return false;
  let depth = 0;
  for (const [index, character] of text.split('').entries()) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    const isEnd = index === text.length - 1;
    if (depth < 0 || (depth === 0 && character === ')' && !isEnd)) return false;
  }
  return depth === 0;
}

function isSettings(value: unknown): boolean {
  if (!isOptions(value)) return false;
  return Object.entries(value).every(
    ([setting, given]) =>
      SETTING_NAME.test(setting) &&
      !OWN_SETTINGS.has(setting) &&
      (typeof given === 'string' || Number.isFinite(given)),
  );
}
