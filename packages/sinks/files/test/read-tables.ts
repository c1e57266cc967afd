// The outside view, for tests: the rows of Parquet and Arrow files, by readers that know nothing of the sink.
import { tableFromIPC } from 'apache-arrow';
import { parquetReadObjects } from 'hyparquet';
import type { FragileStorage } from './fragile-storage.ts';

/** The rows of a file. */
export type ReadTable = (bytes: Buffer) => Promise<readonly unknown[]>;

/** The rows of a Parquet file; bytes stay bytes. */
export async function parquetRows(bytes: Buffer): Promise<readonly Record<string, unknown>[]> {
  const file = new Uint8Array(bytes).buffer;
  return await parquetReadObjects({ file, utf8: false });
}

/** The rows of an Arrow file. */
export function arrowRows(bytes: Buffer): Promise<readonly Record<string, unknown>[]> {
  const table = tableFromIPC(bytes);
  return Promise.resolve(table.toArray().map((row: { toJSON(): Record<string, unknown> }) => row.toJSON()));
}

/** The rows of all published files, file by file in order of name. */
export async function rowsIn(
  storage: FragileStorage,
  directory: string,
  read: ReadTable,
): Promise<readonly unknown[]> {
  const files = [...storage.files(directory)].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const tables = await Promise.all(files.map(([, bytes]) => read(bytes)));
  return tables.flat();
}
