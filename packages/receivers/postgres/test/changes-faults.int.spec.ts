// A whole engine with `postgresChanges` under faults: every change is in the result, once, and the server never has a place as
// confirmed whose changes are not stored. The server is asked after each kill of the engine; an engine that is then started
// without a server shows what was stored.
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { untilTrue } from '@millrace/testing';
import { describe, expect } from 'vitest';
import type { ResultTable } from '../../../../tools/servers/result-table.ts';
import { FAULT_RUN_MS, problemsThroughFaults, REPLAY_MS } from '../../../../tools/servers/fault-runs.ts';
import { untilAtWork } from '../../../../tools/servers/until-at-work.ts';
import { numberOf, placeOf } from '../src/changes/changes-position.ts';
import { dropSlot, publishedTable } from './changes-target.ts';
import { problemsOf, SEED_GROUPS } from './seeded-runs.ts';
import type { RowSender } from './row-sender.ts';
import { serverFaults } from '../../../../tools/servers/server-faults.ts';
import { withPostgres } from './with-postgres.ts';

const PROGRAM = fileURLToPath(new URL('programs/changes-to-table.ts', import.meta.url));
/** A port that nobody listens on. */
const NOWHERE = 1;

const { itWithPostgres } = withPostgres({ SLOT_WAL_KEEP: '-1' });

/** The ids that were written, with a place in the log of the server behind which their transaction was committed. */
class WrittenIds {
  readonly #sender: RowSender;
  readonly #written: { readonly ids: readonly number[]; readonly before: bigint }[] = [];

  constructor(sender: RowSender) {
    this.#sender = sender;
  }

  /** Writes in one transaction; the place is asked for after the rows and before the commit. */
  async write(ids: readonly number[]): Promise<void> {
    const values = ids.map((id) => `(${id})`).join(', ');
    // The last row of several statements in one call, which are one transaction.
    const [row] = await this.#sender.run<{ place: string }>(
      `WITH written AS (INSERT INTO records (id) VALUES ${values} ON CONFLICT DO NOTHING RETURNING id)
       SELECT pg_current_wal_insert_lsn()::text AS place, count(*) FROM written`,
    );
    this.#written.push({ ids, before: numberOf(placeOf(String(row?.place))) });
  }

  /** The ids whose transactions are in front of a place. */
  upTo(confirmed: bigint): readonly number[] {
    return this.#written.filter(({ before }) => before < confirmed).flatMap(({ ids }) => ids);
  }
}

/** Runs the program without a server until these ids are in the table: the log had them. */
async function storedWithoutServer(
  name: string,
  table: ResultTable,
  ids: readonly number[],
): Promise<boolean> {
  const args = ['--conditions=millrace:source', PROGRAM, String(NOWHERE), name, table.directory];
  const program = spawn(process.execPath, args, { stdio: 'ignore' });
  const exited = once(program, 'exit');
  try {
    await untilTrue(() => new Set(ids).isSubsetOf(new Set(table.ids())), { withinMs: REPLAY_MS });
    return true;
  } catch {
    return false;
  } finally {
    program.kill('SIGKILL');
    await exited;
  }
}

async function confirmedBy(sender: RowSender, slot: string): Promise<bigint> {
  const [row] = await sender.run<{ place: string }>(
    `SELECT confirmed_flush_lsn::text AS place FROM pg_replication_slots WHERE slot_name = '${slot}'`,
  );
  return numberOf(placeOf(String(row?.place)));
}

describe('postgresChanges through kills of the engine, kills of the server and broken connections', () => {
  for (const seeds of SEED_GROUPS) {
    itWithPostgres(
      `has every change once with seeds ${seeds.join(', ')}, and confirms nothing that is not stored`,
      async (server) => {
        const problems = await problemsOf(seeds, server, {
          prepare: publishedTable,
          dispose: dropSlot,
          run: ({ seed, database: { schema }, proxy, table, sender }) => {
            const written = new WrittenIds(sender);
            const args = [String(proxy.port), schema, table.directory];
            const results = async (): Promise<readonly number[]> => table.ids();
            return problemsThroughFaults({
              seed,
              command: ['--conditions=millrace:source', PROGRAM, ...args],
              send: (ids) => written.write(ids),
              faults: serverFaults({ proxy, server: server.server }),
              results,
              beforeKill: untilAtWork({ results }),
              whileDead: async () => {
                const ids = written.upTo(await confirmedBy(sender, schema));
                const isStored = await storedWithoutServer(schema, table, ids);
                return isStored ? [] : ['a place was confirmed before its changes were stored'];
              },
            });
          },
        });
        expect(problems).toEqual([]);
      },
      FAULT_RUN_MS,
    );
  }
});
