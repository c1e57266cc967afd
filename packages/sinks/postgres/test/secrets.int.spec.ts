// Connections with TLS and a password, and texts that must not repeat the password.
import { inspect } from 'node:util';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished } from 'vitest';
import { postgresSink, type PostgresSinkInput } from '../src/index.ts';
import { withPostgres } from './with-postgres.ts';

const PASSWORD = 'correct horse battery';
const CERTIFICATE = fileURLToPath(new URL('../../../../tools/servers/kafka/localhost.pem', import.meta.url));

const { itWithPostgres, server } = withPostgres();

async function open(options: Partial<PostgresSinkInput>) {
  const database = await server().database();
  await database.run(
    'CREATE TABLE t (a integer)',
    `DO $$ BEGIN CREATE ROLE ann LOGIN PASSWORD '${PASSWORD}'; EXCEPTION WHEN duplicate_object THEN NULL; END $$`,
    `GRANT USAGE, CREATE ON SCHEMA ${database.schema} TO ann`,
    'GRANT INSERT, SELECT ON t TO ann',
  );
  const { port, schema } = database.place;
  const place = options.url === undefined ? { host: 'localhost', port, database: 'postgres' } : {};
  const sink = postgresSink<object>({ ...place, schema, table: 't', columns: ['a'], ...options });
  onTestFinished(() => sink.close?.());
  await sink.open?.();
  return { sink, database };
}

describe('a connection with TLS and a password', () => {
  itWithPostgres('writes, by single options and by a URL', async ({ port }) => {
    const tls = { caFile: CERTIFICATE };
    const url = `postgres://ann:${encodeURIComponent(PASSWORD)}@localhost:${port}/postgres`;
    for (const options of [
      { username: 'ann', password: PASSWORD, tls },
      { url, tls },
    ]) {
      const { sink, database } = await open(options);
      await sink.write([{ a: 1 }], {
        application: 'a',
        batchTime: 1,
        outputOperation: 0,
        partition: 0,
        partitions: 1,
      });
      expect(await database.run('SELECT * FROM t')).toEqual([{ a: 1 }]);
      expect(inspect(sink, { depth: 10, showHidden: true })).not.toContain('horse');
    }
  });

  const WRONG: readonly (readonly [string, Partial<PostgresSinkInput>, string])[] = [
    ['a wrong password', { password: 'wrong horse battery' }, 'MR_SINK_POSTGRES_DENIED'],
    ['no password', { password: undefined }, 'MR_SINK_POSTGRES_DENIED'],
    ['no TLS', { tls: undefined }, 'MR_SINK_POSTGRES_DENIED'],
    ['an untrusted certificate', { tls: {} }, 'MR_SINK_POSTGRES_UNREACHABLE'],
    ['a missing file', { tls: { caFile: 'nowhere.pem' } }, 'MR_SINK_POSTGRES_TLS_UNUSABLE'],
    ['a wrong name', { tls: { serverName: 'other', caFile: CERTIFICATE } }, 'MR_SINK_POSTGRES_UNREACHABLE'],
    ['a wrong database', { database: 'nowhere' }, 'MR_SINK_POSTGRES_DENIED'],
    ['no server', { port: 1 }, 'MR_SINK_POSTGRES_UNREACHABLE'],
  ];
  for (const [what, options, code] of WRONG) {
    itWithPostgres(`reports ${what}, and repeats no password`, async () => {
      const right = { username: 'ann', password: PASSWORD, tls: { caFile: CERTIFICATE } };
      const failure: unknown = await open({ ...right, ...options }).catch((error: unknown) => error);
      expect(failure).toMatchObject({ code });
      expect(inspect(failure, { depth: 10, showHidden: true })).not.toContain('horse');
    });
  }

  itWithPostgres('takes no password from the environment', async () => {
    process.env['PGPASSWORD'] = PASSWORD;
    try {
      const opened = open({ username: 'ann', tls: { caFile: CERTIFICATE } });
      await expect(opened).rejects.toMatchObject({ code: 'MR_SINK_POSTGRES_DENIED' });
    } finally {
      delete process.env['PGPASSWORD'];
    }
  });
});
