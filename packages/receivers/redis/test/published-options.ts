// Options as applications wrote for version 0.1.0, with their meaning. Nothing here changes: later versions accept the
// same options.
import type { PublishedOptions } from '@millrace/testing/conformance';

const CONNECTION_DEFAULTS = { connectTimeoutMs: 10_000, requestTimeoutMs: 30_000 };
const DECODING_DEFAULTS = { value: 'json', onMalformed: 'stop', record: 'value' };

const CONNECTION_ALL = {
  host: 'h',
  port: 1,
  database: 2,
  username: 'u',
  password: 'p',
  tls: { caFile: 'ca.pem', serverName: 'redis' },
  connectTimeoutMs: 1,
  requestTimeoutMs: 1_000,
};
const DECODING_ALL = { value: 'bytes', onMalformed: 'skip', record: 'full' };

const GROUP_ALL = {
  ...CONNECTION_ALL,
  ...DECODING_ALL,
  field: '*',
  stream: 's',
  group: 'g',
  consumer: 'c',
  from: { timestampMs: 5 },
  create: true,
  claimAfterMs: 1_000,
  maxInFlight: 10,
  maxBytesInFlight: 2_048,
};

/** Options of `redisStream` 0.1.0. */
export const PUBLISHED_GROUP_OPTIONS: readonly PublishedOptions[] = [
  {
    input: { url: 'redis://u:p@h:1/2', stream: 's', group: 'g', consumer: 'c' },
    output: {
      url: 'redis://u:p@h:1/2',
      stream: 's',
      group: 'g',
      consumer: 'c',
      field: 'value',
      from: 'earliest',
      create: false,
      claimAfterMs: 60_000,
      maxInFlight: 100_000,
      maxBytesInFlight: 33_554_432,
      ...DECODING_DEFAULTS,
      ...CONNECTION_DEFAULTS,
    },
  },
  { input: GROUP_ALL, output: GROUP_ALL },
];

const RANGE_ALL = {
  ...CONNECTION_ALL,
  ...DECODING_ALL,
  field: 'f',
  stream: 's',
  from: 'latest',
  onGap: 'earliest',
  ranges: false,
  create: true,
  maxBytesInFlight: 2_048,
};

/** Options of `redisStreamRange` 0.1.0. */
export const PUBLISHED_RANGE_OPTIONS: readonly PublishedOptions[] = [
  {
    input: { host: 'h', stream: 's' },
    output: {
      host: 'h',
      stream: 's',
      field: 'value',
      from: 'earliest',
      onGap: 'stop',
      ranges: true,
      create: false,
      maxBytesInFlight: 2_097_152,
      ...DECODING_DEFAULTS,
      ...CONNECTION_DEFAULTS,
    },
  },
  { input: RANGE_ALL, output: RANGE_ALL },
];

const MESSAGES_ALL = {
  ...CONNECTION_ALL,
  ...DECODING_ALL,
  channels: ['a'],
  patterns: ['b.*'],
  maxQueued: 5,
  maxBytesInFlight: 2_048,
};

/** Options of `redisMessages` 0.1.0. */
export const PUBLISHED_MESSAGES_OPTIONS: readonly PublishedOptions[] = [
  {
    input: { host: 'h', channels: ['a'] },
    output: {
      host: 'h',
      channels: ['a'],
      maxQueued: 10_000,
      maxBytesInFlight: 16_777_216,
      ...DECODING_DEFAULTS,
      ...CONNECTION_DEFAULTS,
    },
  },
  { input: MESSAGES_ALL, output: MESSAGES_ALL },
];
