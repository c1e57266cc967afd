// DuckDB, loaded when a sink is opened: on a platform without a build, importing this package must not fail, and the user needs
// an error with a remedy.
import { isMainThread } from 'node:worker_threads';
import { messageOf } from '@millrace/core';
import { duckdbSinkError } from '../duckdb-sink-errors.ts';

/** The module `@duckdb/node-api`. */
export type DuckdbModule = typeof import('@duckdb/node-api');

/** The source of the module. */
export interface ModuleSource {
  readonly load: () => Promise<DuckdbModule>;
  /** False in a worker of the process. */
  readonly isMainThread: boolean;
}

const OWN_MODULE: ModuleSource = { load: () => import('@duckdb/node-api'), isMainThread };

/**
 * Loads the module.
 *
 * DuckDB locks its file for the process. Two threads of one process would therefore open one file at once, each with a DuckDB
 * of its own, and destroy the file.
 *
 * @throws `MR_SINK_DUCKDB_THREAD`, `MR_SINK_DUCKDB_UNAVAILABLE`
 */
export async function loadDuckdb(source: ModuleSource = OWN_MODULE): Promise<DuckdbModule> {
  if (!source.isMainThread) {
    const message =
      'expected the sink to be opened in the main thread, because each thread has a DuckDB of its own and two of them would destroy the file; use the master local, or write on the driver with foreachRDD';
    throw duckdbSinkError('MR_SINK_DUCKDB_THREAD', message);
  }
  try {
    return await source.load();
  } catch (cause) {
    const { platform, arch } = process;
    const message = `could not load DuckDB on ${platform} ${arch}: ${messageOf(cause)}; install @millrace/sink-duckdb with its optional dependencies, on a platform with a build of @duckdb/node-bindings`;
    throw duckdbSinkError('MR_SINK_DUCKDB_UNAVAILABLE', message, { details: { platform, arch }, cause });
  }
}
