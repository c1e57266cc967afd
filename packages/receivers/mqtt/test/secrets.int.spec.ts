// Connections with TLS and a password, and texts that must not repeat the password.
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { describe, expect } from 'vitest';
import { RunningReceiver } from '../../../../tools/servers/running-receiver.ts';
import { mqttTopics, type MqttTopicsInput } from '../src/index.ts';
import type { Broker } from './broker.ts';
import { withMosquitto } from './with-mosquitto.ts';

const PASSWORD = 'correct horse battery';
const CERTIFICATE = fileURLToPath(new URL('../../../../tools/servers/kafka/localhost.pem', import.meta.url));
const RIGHT = { username: 'ann', password: PASSWORD, tls: { caFile: CERTIFICATE } };

const { itWithMosquitto } = withMosquitto();

function configured(broker: Broker, options: Partial<MqttTopicsInput>) {
  const place = options.url === undefined ? { host: 'localhost', port: broker.securedPort } : {};
  return mqttTopics({ ...place, topics: ['open/#'], clientId: broker.name(), ...options });
}

describe.each(['5', '3.1.1'] as const)('a connection with TLS and a password (%s)', (protocolVersion) => {
  itWithMosquitto('reads, by single options and by a URL', async (broker) => {
    const url = `mqtts://ann:${encodeURIComponent(PASSWORD)}@localhost:${broker.securedPort}`;
    for (const options of [RIGHT, { url, tls: RIGHT.tls }]) {
      const receiver = configured(broker, { ...options, protocolVersion });
      const { context, receiver: running } = await RunningReceiver.start(receiver);
      expect(context.restarts).toEqual([]);
      const texts = inspect([receiver.description, context.log.lines], { depth: 10 });
      expect(texts).not.toContain('horse');
      expect(running.gauges?.()).toEqual({ redeliveredRecords: 0 });
    }
  });

  const WRONG: readonly (readonly [string, Partial<MqttTopicsInput>, string])[] = [
    ['a wrong password', { password: 'wrong horse battery' }, 'MR_MQTT_DENIED'],
    ['no password', { username: undefined, password: undefined }, 'MR_MQTT_DENIED'],
    ['no TLS', { tls: undefined, connectTimeoutMs: 3_000 }, 'MR_MQTT_UNREACHABLE'],
    ['an untrusted certificate', { tls: {} }, 'MR_MQTT_UNREACHABLE'],
    ['a missing file', { tls: { caFile: 'nowhere.pem' } }, 'MR_MQTT_TLS_UNUSABLE'],
    ['a file that is no certificate', { tls: { caFile: import.meta.filename } }, 'MR_MQTT_UNREACHABLE'],
    [
      'a key for another certificate',
      { tls: { certFile: CERTIFICATE, keyFile: import.meta.filename } },
      'MR_MQTT_TLS_UNUSABLE',
    ],
    ['a wrong name', { tls: { serverName: 'other', caFile: CERTIFICATE } }, 'MR_MQTT_UNREACHABLE'],
    ['no broker', { port: 1 }, 'MR_MQTT_UNREACHABLE'],
  ];
  for (const [what, options, code] of WRONG) {
    itWithMosquitto(`reports ${what}, and repeats no password`, async (broker) => {
      const receiver = configured(broker, { ...RIGHT, ...options, protocolVersion });
      const { context } = await RunningReceiver.start(receiver);
      expect(context.restarts).toMatchObject([{ error: { code } }]);
      expect(inspect([context.restarts, context.log.lines], { depth: 10, showHidden: true })).not.toContain(
        'horse',
      );
    });
  }
});
