import { describe, expect, it } from 'vitest';
import { mqttAtMostOnceOptions } from '../at-most-once/at-most-once-options.ts';
import type { MqttTopicsInput } from '../acknowledged/topics-options.ts';
import { mqttTopics } from '../mqtt-topics.ts';
import { addressOf, placeOf } from './connection-options.ts';

const parsed = (options: object) => mqttAtMostOnceOptions.parse({ topics: ['t'], ...options });

describe('the connection', () => {
  it('has the default port of plain TCP and of TLS', () => {
    expect(addressOf(parsed({ host: 'h' })).port).toBe(1_883);
    expect(addressOf(parsed({ host: 'h', tls: {} })).port).toBe(8_883);
    expect(addressOf(parsed({ url: 'mqtt://h' })).port).toBe(1_883);
    expect(addressOf(parsed({ url: 'mqtts://h' }))).toMatchObject({ port: 8_883, tls: {} });
  });

  it('takes user and password out of a URL', () => {
    expect(addressOf(parsed({ url: 'mqtt://an%40n:s%3Acret@[::1]:7' }))).toEqual({
      host: '::1',
      port: 7,
      tls: undefined,
      username: 'an@n',
      password: 's:cret',
    });
  });

  it('is described without secrets', () => {
    const receiver = mqttTopics({ url: 'mqtts://ann:secret@[::1]:7', topics: ['a', 'b/#'], clientId: 'c' });
    expect(receiver.description).toBe('mqtt a, b/# at [::1]:7 (TLS)');
    expect(placeOf(parsed({ host: 'h' }))).toBe('h:1883');
  });

  it.each([
    ['no place', {}],
    ['two places', { url: 'mqtt://h', host: 'h' }],
    ['a user beside a URL', { url: 'mqtt://h', username: 'u' }],
    ['another protocol', { url: 'http://h' }],
    ['a path', { url: 'mqtt://h/path' }],
    ['broken escapes', { url: 'mqtt://%E0@h' }],
    ['a password alone in 3.1.1', { host: 'h', password: 'p', protocolVersion: '3.1.1' }],
  ])('is refused with %s', (_, options) => {
    const input = { topics: ['t'], clientId: 'c', ...options } as MqttTopicsInput;
    expect(() => mqttTopics(input)).toThrow(expect.objectContaining({ code: 'MR_CONFIG_INVALID_OPTION' }));
  });
});
