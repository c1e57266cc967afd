// Connections with TLS and a password, and texts that must not repeat the password.
import { inspect } from 'node:util';
import { untilTrue } from '@millrace/testing';
import { describe, expect } from 'vitest';
import { hasTls } from '../../../../tools/servers/redis-kind.ts';
import { RunningReceiver } from '../../../../tools/servers/running-receiver.ts';
import { redisMessages, type RedisConnectionInput, redisStream, redisStreamRange } from '../src/index.ts';
import { CERTIFICATE, type RedisServer } from './redis-server.ts';
import { withRedis } from './with-redis.ts';

const PASSWORD = 'correct horse battery';

const { itWithRedis } = withRedis();

/** A stream with one entry, and users: `ann` may do everything, `bob` nothing. */
async function prepared(redis: RedisServer): Promise<string> {
  await redis.run('ACL', 'SETUSER', 'ann', 'on', `>${PASSWORD}`, '~*', '&*', '+@all');
  await redis.run('ACL', 'SETUSER', 'bob', 'on', `>${PASSWORD}`, '+@connection');
  const stream = await redis.stream();
  await redis.write(stream, ['1']);
  return stream;
}

const said = (running: RunningReceiver): string =>
  inspect([running.context.log.lines, running.context.restarts, running.context.errors, running.receiver], {
    depth: 10,
    maxStringLength: null,
    showHidden: true,
  });

describe.runIf(hasTls)('a connection with TLS and a password', () => {
  itWithRedis(
    'reads, by single options and by a URL, and has no secret in its description',
    async (redis) => {
      const stream = await prepared(redis);
      const tls = { caFile: CERTIFICATE };
      const options: readonly RedisConnectionInput[] = [
        { host: 'localhost', port: redis.tlsPort, username: 'ann', password: PASSWORD, tls },
        { url: `rediss://ann:${encodeURIComponent(PASSWORD)}@localhost:${redis.tlsPort}/0`, tls },
      ];
      for (const connection of options) {
        const configured = [
          redisStream({ ...connection, stream, group: stream, consumer: 'first' }),
          redisStreamRange({ ...connection, stream }),
          redisMessages({ ...connection, channels: [stream] }),
        ];
        for (const { description } of configured) {
          expect(description).toContain(`localhost:${redis.tlsPort} (TLS)`);
          expect(description).not.toContain('horse');
        }
        const running = await Promise.all(configured.map((one) => RunningReceiver.start(one)));
        await redis.run('PUBLISH', stream, '2');
        await untilTrue(() => running.every(({ records }) => records.length === 1));
        for (const one of running) {
          expect(said(one)).not.toContain('horse');
          await one.end();
        }
      }
    },
  );

  const WRONG: readonly (readonly [string, RedisConnectionInput, string])[] = [
    ['a wrong password', { password: 'wrong horse battery' }, 'MR_REDIS_DENIED'],
    ['an unknown user', { username: 'eve' }, 'MR_REDIS_DENIED'],
    ['missing permissions', { username: 'bob' }, 'MR_REDIS_DENIED'],
    ['an untrusted certificate', { tls: {} }, 'MR_REDIS_UNREACHABLE'],
    ['a missing file', { tls: { caFile: 'nowhere.pem' } }, 'MR_REDIS_TLS_UNUSABLE'],
    ['a wrong name', { tls: { serverName: 'other', caFile: CERTIFICATE } }, 'MR_REDIS_UNREACHABLE'],
    ['no server', { port: 1 }, 'MR_REDIS_UNREACHABLE'],
    ['a missing database', { database: 999 }, 'MR_REDIS_FAILED'],
  ];
  for (const [what, options, code] of WRONG) {
    itWithRedis(`reports ${what}, and repeats no password`, async (redis) => {
      const stream = await prepared(redis);
      const right = {
        host: 'localhost',
        port: redis.tlsPort,
        username: 'ann',
        password: PASSWORD,
        tls: { caFile: CERTIFICATE },
      };
      for (const configured of [
        redisStream({ ...right, ...options, stream, group: stream, consumer: 'first' }),
        redisStreamRange({ ...right, ...options, stream }),
        redisMessages({ ...right, ...options, channels: [stream] }),
      ]) {
        const running = await RunningReceiver.start(configured);
        expect(running.context.restarts).toMatchObject([{ error: { code } }]);
        expect(said(running)).not.toContain('horse');
      }
    });
  }
});

describe('a server that is silent', () => {
  itWithRedis('leads to a restart within the time of a request', async (redis) => {
    const stream = await prepared(redis);
    const connection = { host: redis.proxy.host, port: redis.proxy.port, requestTimeoutMs: 3_000 };
    const running = await Promise.all(
      [
        redisStream({ ...connection, stream, group: stream, consumer: 'first' }),
        redisStreamRange({ ...connection, stream }),
        redisMessages({ ...connection, channels: [stream] }),
      ].map((configured) => RunningReceiver.start(configured)),
    );
    // Longer than a request, in silence between program and server.
    await new Promise((resolve) => void setTimeout(resolve, 6_500));
    expect(running.flatMap(({ context }) => context.restarts)).toEqual([]);
    redis.proxy.stall();
    await untilTrue(() => running.every(({ context }) => context.restarts.length === 1));
    redis.proxy.flow();
  });
});
