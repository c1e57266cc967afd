import { MalformedValue } from '@millrace/core/engine';
import { describe, expect, it } from 'vitest';
import { record } from '../../test/batches.ts';
import { messageDecoder } from './message-decoder.ts';
import type { KafkaMessageOptions } from './message-options.ts';

const OPTIONS: KafkaMessageOptions = {
  value: 'json',
  onMalformed: 'stop',
  record: 'value',
  key: 'text',
  isolation: 'committed',
};
const decode = (fields: Parameters<typeof record>[0], options: Partial<KafkaMessageOptions> = {}) =>
  messageDecoder({ ...OPTIONS, ...options }, { topic: 'orders', partition: 3 })(record(fields), 17, () => 99);

describe('messageDecoder', () => {
  it('gives the value alone, and null for a message without a value', () => {
    expect(decode({ value: Buffer.from('{"id":1}') })).toEqual({ id: 1 });
    expect(decode({ value: null })).toBe(null);
    expect(decode({ value: null }, { value: 'bytes' })).toBe(null);
    expect(decode({ value: Buffer.from('{') })).toBeInstanceOf(MalformedValue);
  });

  it('gives everything that Kafka says about the message', () => {
    const received = Buffer.from('h');
    const message = decode(
      {
        key: Buffer.from('k'),
        value: Buffer.from('1'),
        headers: [
          [Buffer.from('a'), received],
          [Buffer.from('a'), null],
        ],
      },
      { record: 'full' },
    );
    received.fill(0);
    expect(message).toEqual({
      key: 'k',
      value: 1,
      headers: [
        ['a', new Uint8Array([0x68])],
        ['a', null],
      ],
      topic: 'orders',
      partition: 3,
      offset: 17,
      timestampMs: 99,
    });
  });

  it('gives keys in the form of the option, and refuses a key that is no text', () => {
    const key = Buffer.from([0xff]);
    expect(decode({ key, value: Buffer.from('1') }, { record: 'full' })).toEqual(
      new MalformedValue('expected a key in UTF-8'),
    );
    expect(decode({ key, value: Buffer.from('1') }, { record: 'full', key: 'bytes' })).toMatchObject({
      key: new Uint8Array([0xff]),
    });
    expect(decode({ key, value: Buffer.from('1') })).toBe(1);
  });
});
