import { describe, expect, it } from 'vitest';
import {
  HOST_RULE,
  hostOfServer,
  isServerUrl,
  SERVERS_RULE,
  serverText,
  serverUrlParts,
} from './server-address.ts';

const FORM = { protocols: ['amqp:', 'amqps:'], path: /^\/?[^/]*$/ };

describe('the rules of servers', () => {
  it.each(['h', '127.0.0.1', '::1', 'a.b'])('accept the host %s', (host) => {
    expect(HOST_RULE.accepts(host)).toBe(true);
  });

  it.each(['', 'a b', 'h/x', 'u@h', 7])('refuse the host %j', (host) => {
    expect(HOST_RULE.accepts(host)).toBe(false);
  });

  it('accept servers with ports, one at least', () => {
    expect(SERVERS_RULE.accepts(['a:1', '[::1]:9092'])).toBe(true);
    for (const wrong of [[], 'a:1', ['a'], ['::1:9092'], ['u@a:1'], ['a:1', 2]])
      expect(SERVERS_RULE.accepts(wrong)).toBe(false);
  });

  it('write a server and read its host', () => {
    expect(serverText('::1', 7)).toBe('[::1]:7');
    expect(serverText('[::1]', 7)).toBe('[::1]:7');
    expect(serverText('h', 7)).toBe('h:7');
    expect(hostOfServer('[::1]:7')).toBe('::1');
    expect(hostOfServer('h:7')).toBe('h');
  });
});

describe('the URL of a server', () => {
  it.each(['amqp://h', 'amqps://u:p@h:1/v', 'amqp://[::1]/a%2Fb'])('may be %s', (url) => {
    expect(isServerUrl(url, FORM)).toBe(true);
  });

  it.each([
    ['another protocol', 'http://h'],
    ['no host', 'amqp:///v'],
    ['parameters', 'amqp://h?x=1'],
    ['a fragment', 'amqp://h#x'],
    ['another path', 'amqp://h/a/b'],
    ['a path with broken escapes', 'amqp://h/%E0'],
    ['a user with broken escapes', 'amqp://%E0:p@h'],
    ['no text', 7],
  ])('may not have %s', (_, url) => {
    expect(isServerUrl(url, FORM)).toBe(false);
  });

  it('has decoded parts', () => {
    expect(serverUrlParts('amqp://an%40n:s%3Acret@[::1]:7/a%2Fb')).toEqual({
      protocol: 'amqp:',
      host: '::1',
      port: 7,
      path: 'a/b',
      username: 'an@n',
      password: 's:cret',
    });
    expect(serverUrlParts('amqps://h')).toEqual({
      protocol: 'amqps:',
      host: 'h',
      port: undefined,
      path: undefined,
      username: undefined,
      password: undefined,
    });
  });
});
