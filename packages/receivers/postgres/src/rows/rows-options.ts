// The options of `postgresRows`.
import {
  CONNECTION_RULES,
  connectionMismatches,
  type PostgresConnectionInput,
  type PostgresConnectionOptions,
} from '@millrace/connection-postgres';
import {
  DECODING_RULES,
  type DecodingOptions,
  flag,
  oneOf,
  option,
  type OptionTable,
  required,
  schemaByTable,
  wholeNumber,
  wholeNumberWithin,
} from '@millrace/core/engine';
import { areNames, nameRule } from '../connection/name-rules.ts';

/** The options of a table beside those of the connection. */
export interface RowsReadingOptions {
  /** The table. */
  readonly table: string;
  /** The schema of the table. */
  readonly schema: string;
  /** The columns of a record. Default: all columns. */
  readonly columns?: readonly string[] | undefined;
  /** A column that no two rows of a transaction have in common, of any type with an order. Rows of one transaction come in its order. */
  readonly key: string;
  /** The column of type `xid8` with the transaction that inserted the row: `xid8 NOT NULL DEFAULT pg_current_xact_id()`. */
  readonly transaction: string;
  /**
   * The first row of a new stream. `earliest`: the first row of the table. `latest`: the rows of transactions that are not
   * finished yet, at every start until a row has been stored. A stream that was read before goes on behind its last registered
   * row.
   */
  readonly from: 'earliest' | 'latest';
  /** A channel whose notifications tell of new rows. Default: none. */
  readonly channel?: string | undefined;
  /** The time between two looks at the table without new rows and without a notification, in milliseconds. */
  readonly pollIntervalMs: number;
  /** True: the log has ranges of the table in place of records. False for a table whose rows change or go: the log has the records. */
  readonly ranges: boolean;
  /** The reaction to a value that is not plain data, such as JSON with a key `__proto__`. `stop`: the receiver ends for good. `skip`: the row is left out, counted and reported. */
  readonly onMalformed: DecodingOptions['onMalformed'];
  /** The largest number of bytes of rows that the receiver holds, received and not yet stored. One row may be larger, and is then held alone. */
  readonly maxBytesInFlight: number;
}

/** The options with every default filled in. */
export interface PostgresRowsOptions extends PostgresConnectionOptions, RowsReadingOptions {}

/** The options as an application writes them. */
export interface PostgresRowsInput
  extends PostgresConnectionInput, Partial<Omit<RowsReadingOptions, 'table' | 'key' | 'transaction'>> {
  readonly table: string;
  readonly key: string;
  readonly transaction: string;
}

/** The rules of reading a table. */
export const ROWS_RULES: OptionTable<RowsReadingOptions> = {
  table: required(nameRule()),
  schema: nameRule('public'),
  columns: option<readonly string[]>('a list of names of columns, each once', areNames),
  key: required(nameRule()),
  transaction: required(nameRule()),
  from: oneOf(['earliest', 'latest'], 'earliest'),
  channel: nameRule(),
  pollIntervalMs: wholeNumberWithin(1, 3_600_000, 1_000),
  ranges: flag(true),
  onMalformed: DECODING_RULES.onMalformed,
  maxBytesInFlight: wholeNumber(2_097_152, 1_024),
};

/** Describes the options of `postgresRows`. */
export const postgresRowsOptions = schemaByTable<PostgresRowsInput, PostgresRowsOptions>(
  { ...ROWS_RULES, ...CONNECTION_RULES },
  connectionMismatches,
);
