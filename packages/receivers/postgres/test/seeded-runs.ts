// Seeds of runs under faults, several at once: a run mostly waits. Runs share the server, so each also meets the kills of the
// server that the others decide; each has a proxy and a schema of its own.
import { TcpProxy } from '@millrace/testing';
import { ResultTable } from '../../../../tools/servers/result-table.ts';
import type { Database, Server } from './database.ts';
import { RowSender } from './row-sender.ts';

const SEEDS = Number(process.env['MILLRACE_FAULT_SEEDS'] ?? 8);
const AT_ONCE = 4;

/** Everything of one run. */
export interface SeededRun {
  readonly seed: number;
  readonly database: Database;
  readonly proxy: TcpProxy;
  readonly table: ResultTable;
  readonly sender: RowSender;
}

/** Groups of seeds to run at once. */
export const SEED_GROUPS: readonly (readonly number[])[] = Array.from(
  { length: Math.ceil(SEEDS / AT_ONCE) },
  (_, group) =>
    Array.from(
      { length: Math.min(AT_ONCE, SEEDS - group * AT_ONCE) },
      (__, seed) => group * AT_ONCE + seed + 1,
    ),
);

/** What the runs of a group do. */
export interface GroupedRuns {
  /** Makes the tables of a run. */
  readonly prepare: (database: Database) => Promise<void>;
  /** The problems of a run. */
  readonly run: (run: SeededRun) => Promise<readonly string[]>;
  /** Removes what `stop` of the server would not. */
  readonly dispose?: (database: Database) => Promise<void>;
}

/** The problems of all runs of a group. */
export async function problemsOf(
  seeds: readonly number[],
  server: Server,
  { prepare, run, dispose }: GroupedRuns,
): Promise<readonly string[]> {
  // Before the first run kills the server.
  const databases = await Promise.all(
    seeds.map(async (seed) => {
      const database = await server.database();
      await prepare(database);
      return { seed, database };
    }),
  );
  const problems = await Promise.all(
    databases.map(async ({ seed, database }) => {
      const sender = new RowSender(database);
      const table = new ResultTable();
      const proxy = await TcpProxy.start({ port: server.port });
      try {
        return await run({ seed, database, proxy, table, sender });
      } finally {
        table.remove();
        await proxy.close();
        await sender.end();
      }
    }),
  );
  // After the last run has killed the server.
  for (const { database } of databases) await dispose?.(database);
  return problems.flat();
}
