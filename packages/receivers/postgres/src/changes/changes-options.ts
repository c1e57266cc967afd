// The options of `postgresChanges`.
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
  option,
  type OptionTable,
  required,
  schemaByTable,
} from '@millrace/core/engine';
import { nameRule } from '../connection/name-rules.ts';

/** The kinds of changes. */
export type ChangeOperation = 'insert' | 'update' | 'delete' | 'truncate';

/** The options of changes beside those of the connection. */
export interface ChangesReadingOptions {
  /** The replication slot, in which the server keeps how far the receiver is. One receiver reads a slot at a time. */
  readonly slot: string;
  /** The publication: the tables to read. */
  readonly publication: string;
  /** True: a missing slot is made at the first start of a stream, and the changes from then on are read. */
  readonly create: boolean;
  /** The kinds of changes that become records. */
  readonly operations: readonly ChangeOperation[];
  /** The reaction to a value that is not plain data, such as JSON with a key `__proto__`. `stop`: the receiver ends for good. `skip`: the change is left out, counted and reported. */
  readonly onMalformed: DecodingOptions['onMalformed'];
}

/** The options with every default filled in. */
export interface PostgresChangesOptions extends PostgresConnectionOptions, ChangesReadingOptions {}

/** The options as an application writes them. */
export interface PostgresChangesInput
  extends PostgresConnectionInput, Partial<Omit<ChangesReadingOptions, 'slot' | 'publication'>> {
  readonly slot: string;
  readonly publication: string;
}

const OPERATIONS: readonly ChangeOperation[] = ['insert', 'update', 'delete', 'truncate'];
const SLOT = /^[a-z0-9_]{1,63}$/;

/** The rules of changes. */
export const CHANGES_RULES: OptionTable<ChangesReadingOptions> = {
  slot: required(
    option<string>(
      'the name of a slot: small letters, digits and underscores, at most 63',
      (value) => typeof value === 'string' && SLOT.test(value),
    ),
  ),
  publication: required(nameRule()),
  create: flag(false),
  operations: option<readonly ChangeOperation[]>(
    "a list of 'insert', 'update', 'delete' and 'truncate', each at most once",
    areOperations,
    OPERATIONS,
  ),
  onMalformed: DECODING_RULES.onMalformed,
};

/** Describes the options of `postgresChanges`. */
export const postgresChangesOptions = schemaByTable<PostgresChangesInput, PostgresChangesOptions>(
  { ...CHANGES_RULES, ...CONNECTION_RULES },
  connectionMismatches,
);

function areOperations(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((one) => OPERATIONS.includes(one as ChangeOperation)) &&
    new Set(value).size === value.length
  );
}
