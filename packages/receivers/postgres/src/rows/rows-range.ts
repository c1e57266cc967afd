// Reads a part of a table once more, for a block that the log keeps as a range. The part has to be there as a whole: fewer rows
// than before would silently change a batch.
import type { RangeContext, SourcePiece, SourceRange } from '@millrace/core';
import { MalformedValue } from '@millrace/core/engine';
import { postgresFailure } from '../connection/postgres-failure.ts';
import { type RowRecord, rowDecoder } from '../decoding/column-values.ts';
import { postgresError } from '../postgres-errors.ts';
import type { PostgresRowsOptions } from './rows-options.ts';
import { type RowsBetween, rowsBetween } from './rows-position.ts';
import { RowsSource } from './rows-source.ts';

/** The bytes of rows that are held beside the ones of a piece. */
const PIECE_BYTES = 1_048_576;

/**
 * The records of a range, as they were stored.
 *
 * @throws `MR_POSTGRES_RANGE_LOST`; `MR_POSTGRES_UNREACHABLE` and others that may be temporary.
 */
export async function* rowsRange(
  options: PostgresRowsOptions,
  range: SourceRange,
  context: RangeContext,
): AsyncGenerator<SourcePiece<unknown>> {
  const between = rowsBetween(range);
  let source: RowsSource | undefined;
  const end = (): void => source?.session.destroy();
  context.signal.addEventListener('abort', end, { once: true });
  try {
    context.signal.throwIfAborted();
    await RowsSource.open(options, context, (opened) => {
      source = opened;
    });
    if (source !== undefined) yield* piecesOf(source, between);
  } catch (error) {
    context.signal.throwIfAborted();
    throw postgresFailure(error, `read table ${JSON.stringify(options.table)} again`, options);
  } finally {
    context.signal.removeEventListener('abort', end);
    await source?.close();
  }
}

async function* piecesOf(source: RowsSource, between: RowsBetween): AsyncGenerator<SourcePiece<unknown>> {
  const { after, to, count } = between;
  const decode = rowDecoder(source.table.columns);
  // One row more than expected tells of a wrong row, too.
  const request = { after, since: to.since, to, limit: count + 1 };
  let found = 0;
  for await (const rows of source.page(request, PIECE_BYTES)) {
    found += rows.length;
    if (found > count) break;
    // Malformed rows were left out in the first reading too, and reported there.
    const records = rows.map(decode).filter((row): row is RowRecord => !(row instanceof MalformedValue));
    if (records.length > 0) yield { kind: 'records', records };
  }
  if (found === count) return;
  const message = `expected the ${count} rows up to transaction ${to.transaction}, key ${to.key} of ${source.table.sql} as in the first reading, got ${found > count ? 'more' : found}; keep rows for longer than the time between checkpoints, or set ranges to false`;
  const details = { table: source.table.sql, transaction: to.transaction, key: to.key, expected: count };
  throw postgresError('MR_POSTGRES_RANGE_LOST', message, { details });
}
