import { describe, expect, it } from 'vitest';
import { amqpQueue } from '../amqp-queue.ts';
import { type AmqpQueueInput, amqpQueueOptions } from '../reading/queue-options.ts';
import { addressOf, placeOf } from './connection-options.ts';

const parsed = (options: object) => amqpQueueOptions.parse({ queue: 'q', ...options });

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
  });

  it('is described without secrets', () => {
    expect(amqpQueue({ url: 'amqps://ann:secret@[::1]:7/shop', queue: 'orders' }).description).toBe(
      'amqp orders at [::1]:7 shop (TLS)',
    );
    expect(placeOf(parsed({ host: 'h' }))).toBe('h:5672');
  });

  it.each([
    ['no place', {}],
    ['two places', { url: 'amqp://h', host: 'h' }],
    ['a user without a password', { host: 'h', username: 'u' }],
    ['another protocol', { url: 'http://h' }],
    ['a path of two names', { url: 'amqp://h/a/b' }],
    ['broken escapes', { url: 'amqp://h/%E0' }],
    ['a name of a queue that is too long', { host: 'h', queue: 'ü'.repeat(128) }],
  ])('is refused with %s', (_, options) => {
    const input = { queue: 'q', ...options } as AmqpQueueInput;
    expect(() => amqpQueue(input)).toThrow(expect.objectContaining({ code: 'MR_CONFIG_INVALID_OPTION' }));
  });
});
