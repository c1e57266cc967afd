// Options as applications wrote for version 0.1.0, with their meaning. Nothing here changes: later versions accept the
// same options.
import type { PublishedOptions } from '@millrace/testing/conformance';

const CONNECTION_DEFAULTS = {
  port: 9_092,
  mechanism: 'SCRAM-SHA-512',
  clientId: 'millrace',
  connectTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
};
const MESSAGE_DEFAULTS = {
  value: 'json',
  onMalformed: 'stop',
  record: 'value',
  key: 'text',
  isolation: 'committed',
};

const PARTITION_ALL = {
  brokers: ['a:1', '[::1]:2'],
  port: 1,
  tls: { caFile: 'ca.pem', serverName: 'kafka' },
  username: 'u',
  password: 'p',
  mechanism: 'PLAIN',
  clientId: 'me',
  connectTimeoutMs: 1,
  requestTimeoutMs: 2,
  topic: 't',
  partition: 1,
  partitionCount: 3,
  from: { timestampMs: 5 },
  onGap: 'earliest',
  ranges: false,
  create: true,
  maxBytesInFlight: 2_048,
  value: 'bytes',
  onMalformed: 'skip',
  record: 'full',
  key: 'bytes',
  isolation: 'uncommitted',
};

/** Options of `kafkaPartition` 0.1.0. */
export const PUBLISHED_PARTITION_OPTIONS: readonly PublishedOptions[] = [
  {
    input: { host: 'h', topic: 't', partition: 0 },
    output: {
      host: 'h',
      topic: 't',
      partition: 0,
      from: 'earliest',
      onGap: 'stop',
      ranges: true,
      create: false,
      maxBytesInFlight: 2_097_152,
      ...MESSAGE_DEFAULTS,
      ...CONNECTION_DEFAULTS,
    },
  },
  { input: PARTITION_ALL, output: PARTITION_ALL },
];

const GROUP_ALL = {
  host: 'h',
  port: 1,
  mechanism: 'SCRAM-SHA-256',
  clientId: 'me',
  connectTimeoutMs: 1,
  requestTimeoutMs: 2,
  group: 'g',
  topics: ['a', 'b'],
  from: 'latest',
  onGap: 'earliest',
  create: true,
  groupProtocol: 'consumer',
  instanceId: 'i',
  sessionTimeoutMs: 6_000,
  maxInFlight: 10,
  maxBytesInFlight: 2_048,
  value: 'text',
  onMalformed: 'skip',
  record: 'full',
  key: 'bytes',
  isolation: 'uncommitted',
};

/** Options of `kafkaGroup` 0.1.0. */
export const PUBLISHED_GROUP_OPTIONS: readonly PublishedOptions[] = [
  {
    input: { host: 'h', group: 'g', topics: ['t'] },
    output: {
      host: 'h',
      group: 'g',
      topics: ['t'],
      from: 'earliest',
      onGap: 'stop',
      create: false,
      groupProtocol: 'classic',
      sessionTimeoutMs: 45_000,
      maxInFlight: 100_000,
      maxBytesInFlight: 33_554_432,
      ...MESSAGE_DEFAULTS,
      ...CONNECTION_DEFAULTS,
    },
  },
  { input: GROUP_ALL, output: GROUP_ALL },
];
