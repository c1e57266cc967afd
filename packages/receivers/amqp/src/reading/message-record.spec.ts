import { MalformedValue } from '@millrace/core/engine';
import type { ConsumeMessage } from 'amqplib';
import { describe, expect, it } from 'vitest';
import { messageDecoder } from './message-record.ts';

const DEFAULTS = { value: 'json', onMalformed: 'stop', record: 'value' } as const;

const message = (content: string, properties: object = {}) =>
  ({
    content: Buffer.from(content),
    fields: { deliveryTag: 1, redelivered: true, exchange: 'x', routingKey: 'k', consumerTag: 'c' },
    properties: { headers: {}, ...properties },
  }) as ConsumeMessage;

describe('messageDecoder', () => {
  it('gives the value alone', () => {
    const decode = messageDecoder(DEFAULTS);
    expect(decode(message('{"id":1}'))).toEqual({ id: 1 });
    expect(decode(message('{'))).toBeInstanceOf(MalformedValue);
  });

  it('gives everything that sender and broker told, as plain data', () => {
    const decode = messageDecoder({ ...DEFAULTS, record: 'full' });
    const headers = {
      text: 'a',
      number: 1,
      flag: true,
      bytes: Buffer.from([1]),
      nothing: null,
      deep: { a: 1 },
    };
    const properties = {
      headers,
      messageId: 'm',
      timestamp: 5,
      contentType: 'text/plain',
      replyTo: undefined,
    };
    expect(decode(message('1', properties))).toEqual({
      value: 1,
      exchange: 'x',
      routingKey: 'k',
      isRedelivered: true,
      messageId: 'm',
      correlationId: null,
      replyTo: null,
      type: null,
      appId: null,
      contentType: 'text/plain',
      timestampSeconds: 5,
      headers: [
        ['text', 'a'],
        ['number', 1],
        ['flag', true],
        ['bytes', new Uint8Array([1])],
        ['nothing', null],
      ],
    });
    expect(decode(message('1', { headers: undefined }))).toMatchObject({
      headers: [],
      timestampSeconds: null,
    });
    expect(decode(message('{'))).toBeInstanceOf(MalformedValue);
  });
});
