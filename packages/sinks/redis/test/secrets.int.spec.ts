// Connections with TLS and a password, and texts that must not repeat the password.
import { inspect } from 'node:util';
import { describe, expect } from 'vitest';
import { hasTls } from '../../../../tools/servers/redis-kind.ts';
import type { RedisSinkInput } from '../src/index.ts';
import { openSink, write } from './opened-sinks.ts';
import { CERTIFICATE, type RedisDatabase } from './redis-database.ts';
import { withDatabase } from './with-database.ts';

const PASSWORD = 'correct horse battery';

const { itWithDatabase } = withDatabase();

/** Users: `ann` may do everything, `bob` nothing. */
async function withUsers(database: RedisDatabase): Promise<void> {
  await database.run('ACL', 'SETUSER', 'ann', 'on', `>${PASSWORD}`, '~*', '+@all');
  await database.run('ACL', 'SETUSER', 'bob', 'on', `>${PASSWORD}`, '+@connection');
}

describe.runIf(hasTls)('a connection with TLS and a password', () => {
  itWithDatabase('writes, by single options and by a URL', async (database) => {
    await withUsers(database);
    const prefix = database.prefix();
    const tls = { caFile: CERTIFICATE };
    const url = `rediss://ann:${encodeURIComponent(PASSWORD)}@localhost:${database.tlsPort}`;
    const single = { host: 'localhost', port: database.tlsPort, username: 'ann', password: PASSWORD, tls };
    let batch = 0;
    for (const options of [single, { url, tls }]) {
      const sink = await openSink(database, { ...options, prefix });
      await sink.write([1], write((batch += 1)));
      expect(await database.values(`${prefix}rows`)).toHaveLength(batch);
      expect(inspect(sink, { depth: 10, showHidden: true })).not.toContain('horse');
    }
  });

  const WRONG: readonly (readonly [string, Partial<RedisSinkInput>, string])[] = [
    ['a wrong password', { password: 'wrong horse battery' }, 'MR_SINK_REDIS_DENIED'],
    ['an unknown user', { username: 'eve' }, 'MR_SINK_REDIS_DENIED'],
    ['missing permissions', { username: 'bob' }, 'MR_SINK_REDIS_DENIED'],
    ['an untrusted certificate', { tls: {} }, 'MR_SINK_REDIS_UNREACHABLE'],
    ['a missing file', { tls: { caFile: 'nowhere.pem' } }, 'MR_SINK_REDIS_TLS_UNUSABLE'],
    ['a wrong name', { tls: { serverName: 'other', caFile: CERTIFICATE } }, 'MR_SINK_REDIS_UNREACHABLE'],
    ['no server', { port: 1 }, 'MR_SINK_REDIS_UNREACHABLE'],
  ];
  for (const [what, options, code] of WRONG) {
    itWithDatabase(`reports ${what}, and repeats no password`, async (database) => {
      await withUsers(database);
      const right = {
        host: 'localhost',
        port: database.tlsPort,
        username: 'ann',
        password: PASSWORD,
        tls: { caFile: CERTIFICATE },
      };
      const failure: unknown = await openSink(database, { ...right, ...options }).catch(
        (error: unknown) => error,
      );
      expect(failure).toMatchObject({ code });
      expect(inspect(failure, { depth: 10, showHidden: true })).not.toContain('horse');
    });
  }
});
