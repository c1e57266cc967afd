// Connections with TLS and a password, and texts that must not repeat the password.
import { inspect } from 'node:util';
import { fileURLToPath } from 'node:url';
import { describe, expect } from 'vitest';
import { type PostgresNotificationsInput, postgresNotifications } from '../src/index.ts';
import { running, startFailure, stored } from './running.ts';
import { withPostgres } from './with-postgres.ts';

const PASSWORD = 'correct horse battery';
const CERTIFICATE = fileURLToPath(new URL('../../../../tools/servers/kafka/localhost.pem', import.meta.url));

const { itWithPostgres, server } = withPostgres();

async function secured(options: Partial<PostgresNotificationsInput>) {
  const database = await server().database();
  await database.run(
    `DO $$ BEGIN CREATE ROLE ann LOGIN PASSWORD '${PASSWORD}'; EXCEPTION WHEN duplicate_object THEN NULL; END $$`,
  );
  const place =
    options.url === undefined ? { host: 'localhost', port: server().port, database: 'postgres' } : {};
  return { database, receiver: postgresNotifications({ ...place, channels: [database.schema], ...options }) };
}

describe('a connection with TLS and a password', () => {
  itWithPostgres('works, by single options and by a URL', async ({ port }) => {
    const tls = { caFile: CERTIFICATE };
    const url = `postgres://ann:${encodeURIComponent(PASSWORD)}@localhost:${port}/postgres`;
    for (const options of [
      { username: 'ann', password: PASSWORD, tls },
      { url, tls },
    ]) {
      const { database, receiver } = await secured(options);
      const life = await running(receiver);
      await database.run(`NOTIFY ${database.schema}, '1'`);
      await stored(1, life);
      expect(receiver.description).toContain('(TLS)');
      expect(inspect([receiver, life.context.log, life.context.errors], { depth: 10 })).not.toContain(
        'horse',
      );
    }
  });

  const WRONG: readonly (readonly [string, Partial<PostgresNotificationsInput>, string])[] = [
    ['a wrong password', { password: 'wrong horse battery' }, 'MR_POSTGRES_DENIED'],
    ['no password', { password: undefined }, 'MR_POSTGRES_DENIED'],
    ['no TLS', { tls: undefined }, 'MR_POSTGRES_DENIED'],
    ['an untrusted certificate', { tls: {} }, 'MR_POSTGRES_UNREACHABLE'],
    ['a missing file', { tls: { caFile: 'nowhere.pem' } }, 'MR_POSTGRES_TLS_UNUSABLE'],
    ['a wrong name', { tls: { serverName: 'other', caFile: CERTIFICATE } }, 'MR_POSTGRES_UNREACHABLE'],
    ['a wrong database', { database: 'nowhere' }, 'MR_POSTGRES_DENIED'],
    ['no server', { port: 1 }, 'MR_POSTGRES_UNREACHABLE'],
  ];
  for (const [what, options, code] of WRONG) {
    itWithPostgres(`reports ${what}, and repeats no password`, async () => {
      const right = { username: 'ann', password: PASSWORD, tls: { caFile: CERTIFICATE } };
      const { receiver } = await secured({ ...right, ...options });
      const failure = await startFailure(receiver);
      expect(failure).toMatchObject({ code, disposition: 'back-off' });
      expect(inspect(failure, { depth: 10, showHidden: true })).not.toContain('horse');
    });
  }

  itWithPostgres('takes no password from the environment', async () => {
    process.env['PGPASSWORD'] = PASSWORD;
    try {
      const { receiver } = await secured({ username: 'ann', tls: { caFile: CERTIFICATE } });
      expect(await startFailure(receiver)).toMatchObject({ code: 'MR_POSTGRES_DENIED' });
    } finally {
      delete process.env['PGPASSWORD'];
    }
  });
});
