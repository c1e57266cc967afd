import { MalformedValue } from '@millrace/core/engine';
import { describe, expect, it } from 'vitest';
import { message } from '../../test/messages.ts';
import { messageDecoder, sizeOf } from './message-decoder.ts';

const DEFAULTS = { value: 'json', onMalformed: 'stop', record: 'value' } as const;

describe('messageDecoder', () => {
  it('gives the value alone', () => {
    const decode = messageDecoder(DEFAULTS);
    expect(decode(message({ payload: Buffer.from('{"id":1}') }))).toEqual({ id: 1 });
    expect(decode(message({ payload: Buffer.alloc(0) }))).toBeInstanceOf(MalformedValue);
    expect(messageDecoder({ ...DEFAULTS, value: 'text' })(message({ payload: 'ü' }))).toBe('ü');
  });

  it('gives everything that MQTT says about a message, in memory of its own', () => {
    const decode = messageDecoder({ ...DEFAULTS, record: 'full' });
    const correlationData = Buffer.from('c');
    const properties = {
      userProperties: { one: 'a', two: ['b', 'c'] },
      contentType: 'text/plain',
      responseTopic: 'answers',
      correlationData,
    };
    const record = decode(message({ topic: 'a/b', retain: true, dup: true, properties }));
    correlationData.fill(0);
    expect(record).toEqual({
      topic: 'a/b',
      value: 1,
      isRetained: true,
      isRepeated: true,
      userProperties: [
        ['one', 'a'],
        ['two', 'b'],
        ['two', 'c'],
      ],
      contentType: 'text/plain',
      responseTopic: 'answers',
      correlationData: new Uint8Array([99]),
    });
    expect(decode(message({ payload: '{' }))).toBeInstanceOf(MalformedValue);
    expect(decode(message())).toMatchObject({ userProperties: [], contentType: null, correlationData: null });
  });

  it('counts payload and topic', () => {
    expect(sizeOf(message({ topic: 'abc', payload: Buffer.alloc(10) }))).toBe(13);
  });
});
