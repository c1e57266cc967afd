// The position of a row, and the meaning of ranges between positions. Rows are read in the order of (transaction, key), and only
// rows of finished transactions are read, so no row ever appears behind a position that was passed:
//
//   transaction   90      100 (open)        finished: all below the oldest open transaction
//   key            6        5               the row 5 comes later, behind the row 6
//   order        (90, 6) (100, 5)
//
// A position counts the rows since the beginning of the stream, so a range knows how many rows belong to it.
import type { SourceRange } from '@millrace/core';
import { postgresError } from '../postgres-errors.ts';

/** The position right behind one row. */
export interface PostgresRowsPosition {
  /** The value of the column `transaction`, in decimal digits. */
  readonly transaction: string;
  /** The value of the column `key`, as text. */
  readonly key: string;
  /** The number of rows from the beginning of the stream to this one. */
  readonly count: number;
  /** The lowest transaction of the stream, in decimal digits. */
  readonly since: string;
}

/** The rows of a range. */
export interface RowsBetween {
  /** The row before the first one; undefined at the beginning of the stream. */
  readonly after: PostgresRowsPosition | undefined;
  /** The last row. */
  readonly to: PostgresRowsPosition;
  readonly count: number;
}

const DIGITS = /^\d{1,20}$/;

/**
 * A position that the engine has kept.
 *
 * @throws `MR_POSTGRES_POSITION_UNKNOWN` for anything else.
 */
export function keptPosition(value: unknown): PostgresRowsPosition {
  const { transaction, key, count, since } = (value ?? {}) as Partial<
    Record<keyof PostgresRowsPosition, unknown>
  >;
  if (isDigits(transaction) && isDigits(since) && typeof key === 'string' && isCount(count))
    return { transaction, key, count, since };
  throw postgresError(
    'MR_POSTGRES_POSITION_UNKNOWN',
    'expected a position of postgresRows as the place to go on from; another receiver had this place in the program',
  );
}

/** The rows of a range. @throws `MR_POSTGRES_POSITION_UNKNOWN` */
export function rowsBetween({ from, to }: SourceRange): RowsBetween {
  const last = keptPosition(to);
  const after = from === undefined ? undefined : keptPosition(from);
  return { after, to: last, count: last.count - (after?.count ?? 0) };
}

function isDigits(value: unknown): value is string {
  return typeof value === 'string' && DIGITS.test(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}
