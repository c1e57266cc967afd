import { describe, expect, it } from 'vitest';
import { amqpReply } from './amqp-reply.ts';
import type { AmqpConnectionOptions } from './connection-options.ts';

const options = { url: 'amqp://ann:correct%20horse@h/shop' } as AmqpConnectionOptions;
const reply = (error: Error) => amqpReply(error, { what: 'connect', options });

describe('a failure of the client', () => {
  it('has the code of the reply, and a message without the password', () => {
    const error = Object.assign(new Error('refused correct horse'), { code: 404 });
    expect(reply(error)).toEqual({
      message: 'could not connect at h:5672 shop: refused [redacted]',
      replyCode: 404,
    });
  });

  it.each([
    ['Handshake terminated by server: 403 (ACCESS-REFUSED)', 403],
    ['Expected ConnectionOpenOk; got <ConnectionClose channel:0>', 530],
    ['connect ECONNREFUSED', undefined],
  ])('reads the code out of the words: %s', (message, replyCode) => {
    expect(reply(new Error(message)).replyCode).toBe(replyCode);
  });
});
