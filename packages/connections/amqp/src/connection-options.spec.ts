import { schemaByTable } from '@millrace/core/engine';
import { describe, expect, it } from 'vitest';
import {
  addressOf,
  type AmqpConnectionInput,
  type AmqpConnectionOptions,
  CONNECTION_RULES,
  connectionMismatches,
  placeOf,
} from './connection-options.ts';

const schema = schemaByTable<AmqpConnectionInput, AmqpConnectionOptions>(
  CONNECTION_RULES,
  connectionMismatches,
);
const parsed = (options: object) => schema.parse(options);

describe('the connection', () => {
  it('has the defaults of a broker on this machine', () => {
    expect(addressOf(parsed({ host: 'h' }))).toEqual({
      host: 'h',
      port: 5_672,
      vhost: '/',
      tls: undefined,
      username: 'guest',
      password: 'guest',
    });
    expect(addressOf(parsed({ host: 'h', tls: {} })).port).toBe(5_671);
    expect(addressOf(parsed({ url: 'amqps://h' }))).toMatchObject({
      port: 5_671,
      tls: {},
      username: 'guest',
    });
  });

  it('takes everything out of a URL', () => {
    expect(addressOf(parsed({ url: 'amqp://an%40n:s%3Acret@[::1]:7/a%2Fb' }))).toEqual({
      host: '::1',
      port: 7,
      vhost: 'a/b',
      tls: undefined,
      username: 'an@n',
      password: 's:cret',
    });
    expect(addressOf(parsed({ url: 'amqp://ann@h' }))).toMatchObject({ username: 'ann', password: '' });
  });

  it('is described without secrets', () => {
    expect(placeOf(parsed({ url: 'amqps://ann:secret@[::1]:7/shop' }))).toBe('[::1]:7 shop (TLS)');
    expect(placeOf(parsed({ host: 'h' }))).toBe('h:5672');
  });

  it.each([
    ['no place', {}],
    ['two places', { url: 'amqp://h', host: 'h' }],
    ['a user without a password', { host: 'h', username: 'u' }],
    ['another protocol', { url: 'http://h' }],
    ['a path of two names', { url: 'amqp://h/a/b' }],
    ['broken escapes', { url: 'amqp://h/%E0' }],
  ])('is refused with %s', (_, options) => {
    expect(() => parsed(options)).toThrow('expected');
  });
});
