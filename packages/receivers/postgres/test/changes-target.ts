// A slot of a real server, behind a proxy, as the source of `postgresChanges` in the conformance kit. The server is asked for the
// confirmed place of the slot.
import type { ReceiverTarget } from '@millrace/testing/conformance';
import { postgresChanges, type PostgresChange, type PostgresChangesInput } from '../src/index.ts';
import { numberOf, placeOf } from '../src/changes/changes-position.ts';
import type { Database, Server } from './database.ts';

const POISON_ID = 1_000_000;

/** Makes a table, a publication of the table and a slot, both named like the schema. */
export async function publishedTable(database: Database): Promise<void> {
  const { schema } = database;
  await database.run(
    'CREATE TABLE records (id integer PRIMARY KEY, note text, data jsonb)',
    `CREATE PUBLICATION ${schema} FOR TABLE records`,
    `SELECT pg_create_logical_replication_slot('${schema}', 'pgoutput')`,
  );
}

/** The confirmed place of the slot of a schema, as a number. */
export async function confirmedPlace(database: Database): Promise<bigint> {
  const [row] = await database.run(
    `SELECT confirmed_flush_lsn AS place FROM pg_replication_slots WHERE slot_name = '${database.schema}'`,
  );
  return numberOf(placeOf(String(row?.['place'])));
}

/** Drops the slot of a schema, also one that is still in use. */
export async function dropSlot(database: Database): Promise<void> {
  const slot = `FROM pg_replication_slots WHERE slot_name = '${database.schema}'`;
  for (;;) {
    const rows = await database.run(
      `SELECT pg_terminate_backend(active_pid) ${slot} AND active`,
      `SELECT 1 ${slot}`,
    );
    if (rows.length === 0) return;
    await database.run(`SELECT pg_drop_replication_slot(slot_name) ${slot} AND NOT active`);
  }
}

/** Makes the test source of one check. */
export async function changesTarget(
  server: Server,
  options: Partial<PostgresChangesInput> = {},
): Promise<ReceiverTarget<unknown>> {
  const { proxy } = server;
  const database = await server.database();
  await publishedTable(database);
  const client = await database.client();
  const received = proxy.receivedBytes;
  const written: { readonly id: number; readonly before: bigint }[] = [];
  return {
    receiver: postgresChanges({
      ...database.proxied,
      slot: database.schema,
      publication: database.schema,
      ...options,
    }),
    send: async (ids) => {
      for (const id of ids) {
        await client.query('BEGIN');
        await client.query('INSERT INTO records (id, note) VALUES ($1, $2)', [id, 'x'.repeat(2_000)]);
        const { rows } = await client.query<{ place: string }>('SELECT pg_current_wal_insert_lsn() AS place');
        await client.query('COMMIT');
        // The record of the commit begins here or behind.
        written.push({ id, before: numberOf(placeOf(String(rows[0]?.place))) });
      }
    },
    idOf: (record) => {
      const { row } = record as PostgresChange<{ readonly id: number }>;
      return row?.id;
    },
    acknowledged: async () => {
      const confirmed = await confirmedPlace(database);
      return written.filter(({ before }) => before < confirmed).map(({ id }) => id);
    },
    takenBytes: () => proxy.receivedBytes - received,
    disconnect: () => proxy.cut(),
    setReachable: (isReachable) => proxy.setReachable(isReachable),
    sendPoison: async () => {
      await client.query(`INSERT INTO records (id, data) VALUES (${POISON_ID}, '{"__proto__": {}}')`);
    },
    dispose: async () => {
      await proxy.setReachable(true);
      proxy.cut();
      await client.end();
      await dropSlot(database);
    },
  };
}
