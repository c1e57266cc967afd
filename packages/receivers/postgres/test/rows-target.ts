// A table of a real server, behind a proxy, as the source of `postgresRows` in the conformance kit.
import type { ReceiverTarget } from '@millrace/testing/conformance';
import { postgresRows, type PostgresRowsInput } from '../src/index.ts';
import type { Server } from './database.ts';

/** The statements that make a table for numbered records. */
export const RECORDS_TABLE = `CREATE TABLE records (
  id bigint PRIMARY KEY, note text, data jsonb, txid xid8 NOT NULL DEFAULT pg_current_xact_id());
  CREATE UNIQUE INDEX ON records (txid, id)`;

const POISON_ID = 1_000_000;

/** Makes the test source of one check. The record of an id has a length of its own. */
export async function rowsTarget(
  server: Server,
  options: Partial<PostgresRowsInput> = {},
): Promise<ReceiverTarget<unknown>> {
  const { proxy } = server;
  const database = await server.database();
  await database.run(RECORDS_TABLE);
  const client = await database.client();
  const received = proxy.receivedBytes;
  return {
    receiver: postgresRows({
      ...database.proxied,
      schema: database.schema,
      table: 'records',
      key: 'id',
      transaction: 'txid',
      pollIntervalMs: 100,
      ...options,
    }),
    send: async (ids) => {
      for (const id of ids)
        await client.query('INSERT INTO records (id, note) VALUES ($1, $2)', [
          id,
          'x'.repeat(2_000 + (id % 50)),
        ]);
    },
    idOf: (record) => {
      const { id } = Object(record) as { readonly id?: unknown };
      return typeof id === 'string' ? Number(id) : undefined;
    },
    takenBytes: () => proxy.receivedBytes - received,
    disconnect: () => proxy.cut(),
    setReachable: (isReachable) => proxy.setReachable(isReachable),
    sendPoison: async () => {
      await client.query(`INSERT INTO records (id, data) VALUES (${POISON_ID}, '{"__proto__": {}}')`);
    },
    forget: async () => {
      await client.query('DELETE FROM records WHERE id % 10 = 0');
    },
    dispose: async () => {
      await proxy.setReachable(true);
      proxy.cut();
      await client.end();
    },
  };
}
