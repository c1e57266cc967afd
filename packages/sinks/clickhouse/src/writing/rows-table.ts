// The table of the rows: looked at when the sink is opened, made on request.
import { columnName, type ClickhouseSinkOptions } from '../clickhouse-sink.options.ts';
import { clickhouseSinkError } from '../clickhouse-sink-errors.ts';
import type { ClickhouseServer } from '../connection/clickhouse-server.ts';
import { addressOf, placeOf } from '../connection/connection-options.ts';
import { quotedName, quotedText } from '../connection/sql-text.ts';
import { sentColumn, type ClickhouseTypedColumn } from '../rows/column-type.ts';

/** Tokens of inserts that a new table remembers. */
const NEW_WINDOW = 10_000;

/** A table that can get rows. */
export interface ClickhouseTable {
  /** Database and table, quoted. */
  readonly sql: string;
  /** `INSERT INTO … (…)`. */
  readonly into: string;
  readonly columns: readonly ClickhouseTypedColumn[];
  /** True for an engine that shares its data with other servers. */
  readonly isReplicated: boolean;
}

/** Looks at the table, or makes it. @throws `MR_SINK_CLICKHOUSE_SCHEMA`, `_NO_WINDOW` */
export async function openTable(
  server: ClickhouseServer,
  options: ClickhouseSinkOptions,
): Promise<ClickhouseTable> {
  const { database } = addressOf(options);
  const sql = `${quotedName(database)}.${quotedName(options.table)}`;
  if (options.create) await server.run(createStatement(sql, options));
  const place = `database = ${quotedText(database)}`;
  const [found] = await server.rows(
    `SELECT engine, engine_full FROM system.tables WHERE ${place} AND name = ${quotedText(options.table)}`,
  );
  if (found === undefined)
    throw schemaError(options, 'the table is missing; make the table, or set create: true');
  const engine = String(found['engine']);
  const isReplicated = /^(?:Replicated|Shared)/.test(engine);
  if (options.delivery === 'effectively-once')
    await assertWindow(server, options, { engine, full: String(found['engine_full']), isReplicated });
  const types = await server.rows(
    `SELECT name, type, default_kind FROM system.columns WHERE ${place} AND table = ${quotedText(options.table)}`,
  );
  const byName = new Map(types.map((column) => [String(column['name']), column]));
  const columns = options.columns.map((column) => {
    const name = columnName(column);
    const known = byName.get(name);
    if (known === undefined)
      throw schemaError(options, `column ${JSON.stringify(name)} is missing`, { column: name });
    const kind = String(known['default_kind']);
    if (kind === 'MATERIALIZED' || kind === 'ALIAS')
      throw schemaError(options, `column ${JSON.stringify(name)} is computed (${kind}) and takes no values`, {
        column: name,
      });
    return sentColumn(name, String(known['type']));
  });
  const names = columns.map(({ name }) => quotedName(name)).join(', ');
  return { sql, into: `INSERT INTO ${sql} (${names})`, columns, isReplicated };
}

function createStatement(sql: string, { columns, orderBy }: ClickhouseSinkOptions): string {
  const definitions = columns.map((column) => {
    const type = typeof column === 'string' ? undefined : column.type;
    return `${quotedName(columnName(column))} ${type ?? 'String'}`;
  });
  const key = orderBy === undefined ? 'tuple()' : `(${orderBy.map(quotedName).join(', ')})`;
  return `CREATE TABLE IF NOT EXISTS ${sql} (${definitions.join(', ')}) ENGINE = MergeTree ORDER BY ${key} SETTINGS non_replicated_deduplication_window = ${NEW_WINDOW}`;
}

interface Engine {
  readonly engine: string;
  /** With its settings. */
  readonly full: string;
  readonly isReplicated: boolean;
}

/** A table without memory of tokens would double the rows of a repeated insert, without an error. */
async function assertWindow(
  server: ClickhouseServer,
  options: ClickhouseSinkOptions,
  { engine, full, isReplicated }: Engine,
): Promise<void> {
  const setting = `${isReplicated ? '' : 'non_'}replicated_deduplication_window`;
  const own = new RegExp(`\\b${setting} = (\\d+)`).exec(full)?.[1];
  if (engine.endsWith('MergeTree')) {
    if (Number(own ?? (await defaultWindow(server, setting, isReplicated))) > 0) return;
    throw noWindow(
      options,
      `its setting ${setting} is 0; run ALTER TABLE … MODIFY SETTING ${setting} = ${NEW_WINDOW}`,
    );
  }
  throw noWindow(options, `its engine is ${engine}`);
}

async function defaultWindow(
  server: ClickhouseServer,
  setting: string,
  isReplicated: boolean,
): Promise<unknown> {
  const table = isReplicated ? 'replicated_merge_tree_settings' : 'merge_tree_settings';
  const [found] = await server.rows(`SELECT value FROM system.${table} WHERE name = ${quotedText(setting)}`);
  return found?.['value'] ?? 0;
}

function noWindow(options: ClickhouseSinkOptions, reason: string): Error {
  const message = `expected table ${JSON.stringify(options.table)} in ${placeOf(options)} to remember deduplication tokens, but ${reason}; or set delivery: 'at-least-once'`;
  return clickhouseSinkError('MR_SINK_CLICKHOUSE_NO_WINDOW', message, { details: { table: options.table } });
}

function schemaError(
  options: ClickhouseSinkOptions,
  reason: string,
  details: Readonly<Record<string, unknown>> = {},
): Error {
  const message = `expected table ${JSON.stringify(options.table)} in ${placeOf(options)} to take the rows, but ${reason}`;
  return clickhouseSinkError('MR_SINK_CLICKHOUSE_SCHEMA', message, {
    details: { table: options.table, ...details },
  });
}
