// Changes as records, from what the parser of the replication library has read. Only the parser of that library is used here:
// its service confirms what it has received, acknowledged or not.
import { MalformedValue } from '@millrace/core/engine';
import { type Pgoutput, PgoutputPlugin } from 'pg-logical-replication';
import { inColumn, parserOf } from '../decoding/column-values.ts';
import type { ChangeOperation } from './changes-options.ts';

/** A change of one row, or the emptying of one table. */
export interface PostgresChange<R = Readonly<Record<string, unknown>>> {
  readonly operation: ChangeOperation;
  readonly schema: string;
  readonly table: string;
  /** The row after the change; null for `delete` and `truncate`. */
  readonly row: R | null;
  /**
   * The row before the change, as far as the server tells. With `REPLICA IDENTITY FULL`: all columns, for `update` and `delete`.
   * Otherwise the columns of the key, for `delete`, and for an `update` that changes the key. Null in every other case.
   */
  readonly old: Partial<R> | null;
  /** Columns that are absent in `row`: large values that the update did not change, which the server does not send. */
  readonly unchanged: readonly (keyof R & string)[];
  /** The number of the transaction, which begins anew after about four billion. */
  readonly transaction: number;
  /** The place of the commit in the log of the server, for instance `00000000/0154A3C8`. */
  readonly commit: string;
  /** The time of the commit, in milliseconds since 1970. */
  readonly committedMs: number;
}

/** The transaction of a change. */
export type TransactionFacts = Pick<PostgresChange, 'transaction' | 'commit' | 'committedMs'>;

/** What a message means. */
export type ParsedMessage =
  | { readonly kind: 'begin'; readonly facts: TransactionFacts }
  | { readonly kind: 'end'; readonly place: string }
  | { readonly kind: 'changes'; readonly changes: readonly PartialChange[] }
  | { readonly kind: 'nothing' };

/** A change without its transaction. */
export type PartialChange = Omit<PostgresChange, keyof TransactionFacts>;

type Tuple = Readonly<Record<string, unknown>>;

const NO_NAMES: readonly string[] = [];
const MICROSECONDS = 1_000n;

/** Parses the messages of one connection; the server describes each table once. */
export class ChangeParser {
  readonly #plugin = new PgoutputPlugin({ protoVersion: 1, publicationNames: [] });

  /** @throws Error for a message that the library does not understand. */
  parse(bytes: Buffer): ParsedMessage {
    const message = this.#plugin.parse(bytes);
    switch (message.tag) {
      case 'begin':
        return { kind: 'begin', facts: factsOf(message) };
      case 'commit':
        return { kind: 'end', place: known(message.commitEndLsn) };
      case 'relation':
        // The parsers of the library lose digits and zones.
        for (const column of message.columns) column.parser = parserOf(column.typeOid);
        return { kind: 'nothing' };
      case 'insert':
        return changes([{ ...target('insert', message), ...rowOf(message.new), old: null }]);
      case 'update':
        return changes([
          { ...target('update', message), ...rowOf(message.new), old: partOf(message.old ?? message.key) },
        ]);
      case 'delete':
        return changes([
          {
            ...target('delete', message),
            row: null,
            old: partOf(message.old ?? message.key),
            unchanged: NO_NAMES,
          },
        ]);
      case 'truncate':
        return changes(
          message.relations.map((relation) => ({
            ...target('truncate', { relation }),
            row: null,
            old: null,
            unchanged: NO_NAMES,
          })),
        );
      default:
        return { kind: 'nothing' };
    }
  }
}

/** The first malformed value of a change, with its column. */
export function problemOf({ row, old }: PartialChange): MalformedValue | undefined {
  return malformedIn(row) ?? malformedIn(old);
}

function changes(all: readonly PartialChange[]): ParsedMessage {
  return { kind: 'changes', changes: all };
}

function factsOf({ xid, commitLsn, commitTime }: Pgoutput.MessageBegin): TransactionFacts {
  return {
    transaction: xid >>> 0,
    commit: known(commitLsn),
    committedMs: Number((commitTime as bigint) / MICROSECONDS),
  };
}

function known(place: string | null): string {
  if (place === null) throw new Error('expected the place of a commit');
  return place;
}

function target(
  operation: ChangeOperation,
  { relation }: { readonly relation: Pgoutput.MessageRelation },
): Pick<PartialChange, 'operation' | 'schema' | 'table'> {
  return { operation, schema: relation.schema, table: relation.name };
}

/** Values that were not sent are undefined in the tuple. */
function rowOf(tuple: Tuple): Pick<PartialChange, 'row' | 'unchanged'> {
  const row = partOf(tuple) ?? {};
  const names = Object.keys(tuple);
  return { row, unchanged: names.filter((name) => tuple[name] === undefined) };
}

function partOf(tuple: Tuple | null): Tuple | null {
  if (tuple === null) return null;
  const part: Record<string, unknown> = {};
  for (const name of Object.keys(tuple)) if (tuple[name] !== undefined) part[name] = tuple[name];
  return part;
}

function malformedIn(row: Tuple | null): MalformedValue | undefined {
  if (row === null) return undefined;
  for (const name of Object.keys(row)) {
    const value = row[name];
    if (value instanceof MalformedValue) return inColumn(value, name);
  }
  return undefined;
}
