import { schemaByTable } from '@millrace/core/engine';
import { describe, expect, it } from 'vitest';
import { LINK_RULES, linkMismatches, type NatsLinkOptions, serversOf } from './link-options.ts';

const schema = schemaByTable<object, NatsLinkOptions>(LINK_RULES, linkMismatches);

describe('the options of connections', () => {
  it.each([
    ['a', ['a:4222']],
    ['nats://a,nats://b:4223, c', ['a:4222', 'b:4223', 'c:4222']],
    [
      ['[::1]:4223', '10.0.0.1'],
      ['[::1]:4223', '10.0.0.1:4222'],
    ],
  ])('take the servers %j', (servers, expected) => {
    expect(serversOf(schema.parse({ servers }))).toEqual(expected);
  });

  it.each([[''], [[]], ['http://a'], ['nats://user:secret@a'], [['a', 7]], ['a b'], [['a,b']], [7]])(
    'refuse the servers %j',
    (servers) => {
      expect(() => schema.parse({ servers })).toThrow(/servers of the form/);
    },
  );

  it.each([
    [{ username: 'ann' }, 'username and password together'],
    [
      { username: 'ann', password: 'x', nkeyFile: 'k' },
      'one of username, token, credentialsFile and nkeyFile',
    ],
    [{ token: 't', nkeyFile: 'k' }, 'one of username, token, credentialsFile and nkeyFile'],
    [{ servers: ['10.0.0.1', '10.0.0.2'], tls: {} }, 'serverName for several servers'],
    [{ credentialsFile: 'c', nkeyFile: 'k' }, 'one of username, token, credentialsFile and nkeyFile'],
  ])('refuse %j', (options, expected) => {
    expect(() => schema.parse({ servers: 'a', ...options })).toThrow(expected);
  });
});
