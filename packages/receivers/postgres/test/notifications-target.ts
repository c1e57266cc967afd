// A channel of a real server, behind a proxy, as the source of `postgresNotifications` in the conformance kit.
import type { ReceiverTarget } from '@millrace/testing/conformance';
import { postgresNotifications, type PostgresNotificationsInput } from '../src/index.ts';
import type { Server } from './database.ts';

/** Makes the test source of one check. */
export async function notificationsTarget(
  server: Server,
  options: Partial<PostgresNotificationsInput> = {},
): Promise<ReceiverTarget<unknown>> {
  const { proxy } = server;
  const database = await server.database();
  const channel = database.schema;
  const client = await database.client();
  const received = proxy.receivedBytes;
  const notify = (payload: string) => client.query('SELECT pg_notify($1, $2)', [channel, payload]);
  return {
    receiver: postgresNotifications({ ...database.proxied, channels: [channel], ...options }),
    send: async (ids) => {
      for (const id of ids) await notify(JSON.stringify({ id }));
    },
    idOf: (record) => {
      const { id } = Object(record) as { readonly id?: unknown };
      return typeof id === 'number' ? id : undefined;
    },
    takenBytes: () => proxy.receivedBytes - received,
    disconnect: () => proxy.cut(),
    setReachable: (isReachable) => proxy.setReachable(isReachable),
    sendPoison: async () => {
      await notify('{"id": no number}');
    },
    dispose: async () => {
      await proxy.setReachable(true);
      proxy.cut();
      await client.end();
    },
  };
}
