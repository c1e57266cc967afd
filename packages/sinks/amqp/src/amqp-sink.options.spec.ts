import { describe, expect, it } from 'vitest';
import { amqpSink } from './amqp-sink.ts';
import type { AmqpSinkInput } from './amqp-sink.options.ts';

describe('the options', () => {
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
