// Options as applications wrote for version 0.1.0, with their meaning. Nothing here changes: later versions accept the
// same options.
import type { PublishedOptions } from '@millrace/testing/conformance';

const ALL = {
  host: 'h',
  port: 1,
  vhost: 'v',
  username: 'u',
  password: 'p',
  tls: { caFile: 'ca.pem', serverName: 'broker' },
  connectionName: 'me',
  heartbeatMs: 1_000,
  connectTimeoutMs: 1,
  queue: 'q',
  create: true,
  maxInFlight: 10,
  maxBytesInFlight: 2_048,
  value: 'bytes',
  onMalformed: 'skip',
  record: 'full',
};

/** Options of `amqpQueue` 0.1.0. */
export const PUBLISHED_OPTIONS: readonly PublishedOptions[] = [
  {
    input: { host: 'h', queue: 'q' },
    output: {
      host: 'h',
      queue: 'q',
      create: false,
      connectionName: 'millrace',
      heartbeatMs: 30_000,
      connectTimeoutMs: 10_000,
      maxInFlight: 5_000,
      maxBytesInFlight: 33_554_432,
      value: 'json',
      onMalformed: 'stop',
      record: 'value',
    },
  },
  { input: ALL, output: ALL },
];
