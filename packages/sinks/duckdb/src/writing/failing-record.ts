// The record to blame for a failed transaction of many rows: the last one of the shortest beginning of the partition that fails,
// found by halving.
import type { SinkWrite } from '@millrace/core';
import { isOfRecord } from '../database/duckdb-failure.ts';
import type { DuckdbSession } from '../database/duckdb-session.ts';
import type { DuckdbTableWriter } from '../table/duckdb-table-writer.ts';

/** A partition whose rows are staged. */
export interface StagedPartition {
  readonly writer: DuckdbTableWriter;
  readonly write: SinkWrite;
  readonly count: number;
}

/** The place of the record in its partition; undefined when the rows do not fail by themselves. Changes nothing. */
export async function failingRecord(
  session: DuckdbSession,
  { writer, write, count }: StagedPartition,
): Promise<number | undefined> {
  const fails = async (rows: number): Promise<boolean> => {
    await session.run('BEGIN TRANSACTION');
    try {
      await writer.put(session, write, rows);
      return false;
    } catch (error) {
      if (isOfRecord(error)) return true;
      throw error;
    } finally {
      await session.run('ROLLBACK');
    }
  };
  if (!(await fails(count))) return undefined;
  let [good, bad] = [0, count];
  while (bad - good > 1) {
    const middle = (good + bad) >>> 1;
    if (await fails(middle)) bad = middle;
    else good = middle;
  }
  return bad - 1;
}
