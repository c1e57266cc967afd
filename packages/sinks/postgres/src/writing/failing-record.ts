// The record to blame for a failed statement of many rows: the first one with which the statement fails, found by halving.
import type { SinkWrite } from '@millrace/core';
import { isOfRecord } from '../connection/postgres-failure.ts';
import type { Session } from '../connection/session.ts';
import type { TableWriter } from '../table/table-writer.ts';
import type { FailedRows } from './partition-rows.ts';

/** The place of the record in its partition; undefined when the rows do not fail by themselves. Changes nothing. */
export async function failingRecord(
  session: Session,
  { rows, from }: FailedRows,
  { writer, write }: { readonly writer: TableWriter; readonly write: SinkWrite },
): Promise<number | undefined> {
  const fails = async (count: number): Promise<boolean> => {
    await session.query('SAVEPOINT part');
    try {
      await writer.put(session, rows.slice(0, count), write);
      return false;
    } catch (error) {
      if (isOfRecord(error)) return true;
      throw error;
    } finally {
      await session.query('ROLLBACK TO SAVEPOINT part');
    }
  };
  if (!(await fails(rows.length))) return undefined;
  let [good, bad] = [0, rows.length];
  while (bad - good > 1) {
    const middle = (good + bad) >>> 1;
    if (await fails(middle)) bad = middle;
    else good = middle;
  }
  return from + bad - 1;
}

/** The place of the record in the context of an error of COPY: `COPY t, line 57, column a: "x"`. */
export function copiedRecord(where: unknown): number | undefined {
  const [, line] = /^COPY .*, line (\d+)/.exec(typeof where === 'string' ? where : '') ?? [];
  return line === undefined ? undefined : Number(line) - 1;
}
