// Options as applications wrote for version 0.1.0, with their meaning. Nothing here changes: later versions accept the
// same options.
import type { PublishedOptions } from '@millrace/testing/conformance';

const CONNECTION_DEFAULTS = { protocolVersion: '5', keepAliveMs: 30_000, connectTimeoutMs: 10_000 };
const MESSAGE_DEFAULTS = { value: 'json', onMalformed: 'stop', record: 'value' };

const TOPICS_ALL = {
  host: 'h',
  port: 1,
  tls: { caFile: 'ca.pem', serverName: 'broker' },
  username: 'u',
  password: 'p',
  protocolVersion: '3.1.1',
  keepAliveMs: 1_000,
  connectTimeoutMs: 1,
  topics: ['a/+', '$share/g/b/#'],
  clientId: 'c',
  sessionExpiryMs: 1_000,
  maxInFlight: 10,
  maxBytesInFlight: 2_048,
  value: 'bytes',
  onMalformed: 'skip',
  record: 'full',
};

/** Options of `mqttTopics` 0.1.0. */
export const PUBLISHED_TOPICS_OPTIONS: readonly PublishedOptions[] = [
  {
    input: { host: 'h', topics: ['t'], clientId: 'c' },
    output: {
      host: 'h',
      topics: ['t'],
      clientId: 'c',
      sessionExpiryMs: 604_800_000,
      maxInFlight: 5_000,
      maxBytesInFlight: 33_554_432,
      ...MESSAGE_DEFAULTS,
      ...CONNECTION_DEFAULTS,
    },
  },
  { input: TOPICS_ALL, output: TOPICS_ALL },
];

const AT_MOST_ONCE_ALL = {
  url: 'mqtts://u:p@h:1',
  protocolVersion: '3.1.1',
  keepAliveMs: 1_000,
  connectTimeoutMs: 1,
  topics: ['#'],
  clientId: 'c',
  maxBytesHeld: 0,
  value: 'text',
  onMalformed: 'skip',
  record: 'full',
};

/** Options of `mqttAtMostOnce` 0.1.0. */
export const PUBLISHED_AT_MOST_ONCE_OPTIONS: readonly PublishedOptions[] = [
  {
    input: { host: 'h', topics: ['t'] },
    output: {
      host: 'h',
      topics: ['t'],
      maxBytesHeld: 4_194_304,
      ...MESSAGE_DEFAULTS,
      ...CONNECTION_DEFAULTS,
    },
  },
  { input: AT_MOST_ONCE_ALL, output: AT_MOST_ONCE_ALL },
];
