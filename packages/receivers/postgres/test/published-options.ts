// Options as applications wrote for version 0.1.0, with their meaning. Nothing here changes: later versions accept the
// same options.
import type { PublishedOptions } from '@millrace/testing/conformance';

const CONNECTION_DEFAULTS = { connectTimeoutMs: 10_000, requestTimeoutMs: 60_000 };
const CONNECTION_ALL = {
  host: 'h',
  port: 1,
  database: 'd',
  username: 'u',
  password: 'p',
  tls: { caFile: 'ca.pem', serverName: 'postgres' },
  connectTimeoutMs: 1,
  requestTimeoutMs: 2,
};

const CHANGES_ALL = {
  ...CONNECTION_ALL,
  slot: 's',
  publication: 'p',
  create: true,
  operations: ['insert', 'delete'],
  onMalformed: 'skip',
};

/** Options of `postgresChanges` 0.1.0. */
export const PUBLISHED_CHANGES_OPTIONS: readonly PublishedOptions[] = [
  {
    input: { host: 'h', slot: 's', publication: 'p' },
    output: {
      host: 'h',
      slot: 's',
      publication: 'p',
      create: false,
      operations: ['insert', 'update', 'delete', 'truncate'],
      onMalformed: 'stop',
      ...CONNECTION_DEFAULTS,
    },
  },
  { input: CHANGES_ALL, output: CHANGES_ALL },
];

const ROWS_ALL = {
  ...CONNECTION_ALL,
  table: 't',
  schema: 's',
  columns: ['a', 'b'],
  key: 'id',
  transaction: 'txid',
  from: 'latest',
  channel: 'c',
  pollIntervalMs: 10,
  ranges: false,
  onMalformed: 'skip',
  maxBytesInFlight: 2_048,
};

/** Options of `postgresRows` 0.1.0. */
export const PUBLISHED_ROWS_OPTIONS: readonly PublishedOptions[] = [
  {
    input: { url: 'postgres://h/d', table: 't', key: 'id', transaction: 'txid' },
    output: {
      url: 'postgres://h/d',
      table: 't',
      schema: 'public',
      key: 'id',
      transaction: 'txid',
      from: 'earliest',
      pollIntervalMs: 1_000,
      ranges: true,
      onMalformed: 'stop',
      maxBytesInFlight: 2_097_152,
      ...CONNECTION_DEFAULTS,
    },
  },
  { input: ROWS_ALL, output: ROWS_ALL },
];

const NOTIFICATIONS_ALL = {
  ...CONNECTION_ALL,
  channels: ['a', 'b'],
  value: 'text',
  onMalformed: 'skip',
  record: 'full',
  maxBuffered: 5,
  heartbeatMs: 7,
};

/** Options of `postgresNotifications` 0.1.0. */
export const PUBLISHED_NOTIFICATIONS_OPTIONS: readonly PublishedOptions[] = [
  {
    input: { host: 'h', channels: ['a'] },
    output: {
      host: 'h',
      channels: ['a'],
      value: 'json',
      onMalformed: 'stop',
      record: 'value',
      maxBuffered: 2_000,
      heartbeatMs: 30_000,
      ...CONNECTION_DEFAULTS,
    },
  },
  { input: NOTIFICATIONS_ALL, output: NOTIFICATIONS_ALL },
];
