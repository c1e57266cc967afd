// The SQLite inside Node, loaded when a sink is opened: on a Node without SQLite, importing this package must not fail,
// and the user needs an error with a remedy.
import { sqliteSinkError } from './sqlite-sink-errors.ts';

/** The module `node:sqlite`. */
export type SqliteModule = typeof import('node:sqlite');

/** Loads the module. @throws `MR_SINK_SQLITE_UNAVAILABLE` on a Node without SQLite. */
export function loadSqlite(
  load: () => SqliteModule | undefined = () => process.getBuiltinModule('node:sqlite'),
): SqliteModule {
  const module = load();
  if (module !== undefined) return module;
  const { version } = process;
  const message = `expected a Node with SQLite inside, got ${version}; use Node 22.13 or newer`;
  throw sqliteSinkError('MR_SINK_SQLITE_UNAVAILABLE', message, { details: { version } });
}
