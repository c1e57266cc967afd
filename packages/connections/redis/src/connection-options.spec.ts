import { schemaByTable } from '@millrace/core/engine';
import { describe, expect, it } from 'vitest';
import {
  addressOf,
  CONNECTION_RULES,
  connectionMismatches,
  placeOf,
  type RedisConnectionInput,
  type RedisConnectionOptions,
  secretsOf,
} from './connection-options.ts';

const schema = schemaByTable<RedisConnectionInput, RedisConnectionOptions>(
  CONNECTION_RULES,
  connectionMismatches,
);
const TIMES = { connectTimeoutMs: 1, requestTimeoutMs: 1_000 };

describe('the options of a connection', () => {
  it('are a URL, or host and companions', () => {
    expect(addressOf({ ...TIMES, url: 'redis://ann:a%20b@h:1/2' })).toEqual({
      host: 'h',
      port: 1,
      database: 2,
      username: 'ann',
      password: 'a b',
      tls: undefined,
    });
    expect(addressOf({ ...TIMES, url: 'rediss://:p@[::1]' })).toMatchObject({
      host: '::1',
      port: 6_379,
      database: 0,
      username: undefined,
      password: 'p',
      tls: {},
    });
    expect(addressOf({ ...TIMES, host: 'h' })).toMatchObject({ host: 'h', port: 6_379, database: 0 });
  });

  it('have a place without secrets', () => {
    expect(placeOf({ ...TIMES, url: 'rediss://ann:secret@h:1/2' })).toBe('h:1/2 (TLS)');
    expect(placeOf({ ...TIMES, host: '::1' })).toBe('[::1]:6379');
    expect(secretsOf({ ...TIMES, url: 'redis://ann:a%20b@h' })).toContain('a b');
  });

  it.each([
    [{}, 'host'],
    [{ host: 'h', username: 'ann' }, 'username'],
    [{ url: 'redis://h', port: 1 }, 'port'],
    [{ url: 'http://h' }, 'url'],
    [{ url: 'redis://h/x' }, 'url'],
    [{ url: 'redis://h/?a=b' }, 'url'],
    [{ url: 'redis://%zz@h' }, 'url'],
  ])('refuse %j', (connection, path) => {
    expect(() => schema.parse(connection)).toThrow(path);
  });
});
