import { receiverConformance } from '@millrace/testing/conformance';
import { describe } from 'vitest';
import {
  postgresChanges,
  postgresChangesOptions,
  postgresNotifications,
  postgresNotificationsOptions,
  postgresRows,
  postgresRowsOptions,
} from '../src/index.ts';
import { changesTarget } from './changes-target.ts';
import { notificationsTarget } from './notifications-target.ts';
import {
  PUBLISHED_CHANGES_OPTIONS,
  PUBLISHED_NOTIFICATIONS_OPTIONS,
  PUBLISHED_ROWS_OPTIONS,
} from './published-options.ts';
import { rowsTarget } from './rows-target.ts';
import { withPostgres } from './with-postgres.ts';

const BYTES_IN_FLIGHT = 65_536;
/** Two halves of the bound, one read of the socket, and the buffers of the connection. */
const HELD_BYTES_MAX = 4 * BYTES_IN_FLIGHT;
const KEPT_MAX = 20;
const PASSWORD = 'correct horse';

const { itWithPostgres, server } = withPostgres();
const it = (title: string, test: Parameters<Parameters<typeof receiverConformance>[0]['it']>[1]): void =>
  itWithPostgres(title, (_, context) => test(context));
const shared = { module: import.meta.url, timeoutMs: 90_000, secrets: [PASSWORD] };

receiverConformance(
  { describe, it },
  {
    ...shared,
    name: 'postgresChanges',
    capabilities: postgresChanges.capabilities,
    create: () => changesTarget(server(), { password: PASSWORD, onMalformed: 'skip' }),
    options: { schema: postgresChangesOptions, published: PUBLISHED_CHANGES_OPTIONS },
  },
);

receiverConformance(
  { describe, it },
  {
    ...shared,
    name: 'postgresRows',
    capabilities: postgresRows.capabilities,
    heldBytesMax: HELD_BYTES_MAX,
    create: () =>
      rowsTarget(server(), { password: PASSWORD, onMalformed: 'skip', maxBytesInFlight: BYTES_IN_FLIGHT }),
    options: { schema: postgresRowsOptions, published: PUBLISHED_ROWS_OPTIONS },
  },
);

receiverConformance(
  { describe, it },
  {
    ...shared,
    name: 'postgresNotifications',
    capabilities: postgresNotifications.capabilities,
    keptMax: KEPT_MAX,
    create: () =>
      notificationsTarget(server(), { password: PASSWORD, onMalformed: 'skip', maxBuffered: KEPT_MAX }),
    options: { schema: postgresNotificationsOptions, published: PUBLISHED_NOTIFICATIONS_OPTIONS },
  },
);
