import { describe, expect, it } from 'vitest';
import { amqpSink } from '../amqp-sink.ts';
import { type AmqpSinkInput, amqpSinkOptions } from '../amqp-sink.options.ts';
import { addressOf, placeOf } from './connection-options.ts';

const parsed = (options: object) => amqpSinkOptions.parse({ routingKey: 'q', ...options });

describe('the options', () => {
  it('take everything out of a URL', () => {
    expect(addressOf(parsed({ url: 'amqp://an%40n:s%3Acret@[::1]:7/a%2Fb' }))).toEqual({
      host: '::1',
      port: 7,
      vhost: 'a/b',
      tls: undefined,
      username: 'an@n',
      password: 's:cret',
    });
    expect(placeOf(parsed({ url: 'amqps://ann:secret@h/shop' }))).toBe('h:5671 shop (TLS)');
  });

  it.each([
    ['no place', {}],
    ['two places', { url: 'amqp://h', host: 'h' }],
    ['a user without a password', { host: 'h', username: 'u' }],
    ['no exchange and no routing key', { host: 'h', routingKey: '' }],
    ['a routing key that is too long', { host: 'h', routingKey: 'ü'.repeat(128) }],
  ])('are refused with %s', (_, options) => {
    const input = { routingKey: 'q', ...options } as AmqpSinkInput;
    expect(() => amqpSink(input)).toThrow(expect.objectContaining({ code: 'MR_CONFIG_INVALID_OPTION' }));
  });
});
