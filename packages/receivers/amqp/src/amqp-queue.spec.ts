import { describe, expect, it } from 'vitest';
import { amqpQueue } from './amqp-queue.ts';
import type { AmqpQueueInput } from './reading/queue-options.ts';

describe('amqpQueue', () => {
  it('is described without secrets', () => {
    expect(amqpQueue({ url: 'amqps://ann:secret@[::1]:7/shop', queue: 'orders' }).description).toBe(
      'amqp orders at [::1]:7 shop (TLS)',
    );
  });

  it.each([
    ['no broker', {}],
    ['two ways to a broker', { url: 'amqp://h', host: 'h' }],
    ['a name of a queue that is too long', { host: 'h', queue: 'ü'.repeat(128) }],
  ])('is refused with %s', (_, options) => {
    const input = { queue: 'q', ...options } as AmqpQueueInput;
    expect(() => amqpQueue(input)).toThrow(expect.objectContaining({ code: 'MR_CONFIG_INVALID_OPTION' }));
  });
});
