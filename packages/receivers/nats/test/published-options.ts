// Options as applications wrote for version 0.1.0, with their meaning. Nothing here changes: later versions accept the
// same options.
import type { PublishedOptions } from '@millrace/testing/conformance';

const CONNECTION_DEFAULTS = {
  port: 4_222,
  clientName: 'millrace',
  inboxPrefix: '_INBOX',
  connectTimeoutMs: 10_000,
  requestTimeoutMs: 10_000,
};
const CONNECTION_ALL = {
  servers: ['a:1', '[::1]:2'],
  port: 1,
  tls: { caFile: 'ca.pem', serverName: 'nats' },
  username: 'u',
  password: 'p',
  clientName: 'me',
  inboxPrefix: '_INBOX.me',
  connectTimeoutMs: 1,
  requestTimeoutMs: 2,
};
const MESSAGE_DEFAULTS = { value: 'json', onMalformed: 'stop', record: 'value' };
const MESSAGE_ALL = { value: 'bytes', onMalformed: 'skip', record: 'full' };

const RECORDS_ALL = {
  ...CONNECTION_ALL,
  ...MESSAGE_ALL,
  stream: 's',
  consumer: 'c',
  create: true,
  subjects: ['a.*', 'b.>'],
  from: { timestampMs: 5 },
  ackWaitMs: 1_000,
  domain: 'hub',
  maxInFlight: 10,
  maxBytesInFlight: 2_048,
};

/** Options of `jetstreamRecords` 0.1.0. */
export const PUBLISHED_RECORDS_OPTIONS: readonly PublishedOptions[] = [
  {
    input: { host: 'h', stream: 's', consumer: 'c' },
    output: {
      host: 'h',
      stream: 's',
      consumer: 'c',
      create: false,
      from: 'earliest',
      ackWaitMs: 30_000,
      maxInFlight: 100_000,
      maxBytesInFlight: 33_554_432,
      ...MESSAGE_DEFAULTS,
      ...CONNECTION_DEFAULTS,
    },
  },
  { input: RECORDS_ALL, output: RECORDS_ALL },
];

const STREAM_ALL = {
  host: 'h',
  port: 1,
  token: 't',
  clientName: 'me',
  inboxPrefix: 'in',
  connectTimeoutMs: 1,
  requestTimeoutMs: 2,
  ...MESSAGE_ALL,
  stream: 's',
  subjects: ['a'],
  from: { sequence: 7 },
  onGap: 'earliest',
  ranges: false,
  maxBytesInFlight: 2_048,
  domain: 'hub',
};

/** Options of `jetstreamStream` 0.1.0. */
export const PUBLISHED_STREAM_OPTIONS: readonly PublishedOptions[] = [
  {
    input: { host: 'h', stream: 's' },
    output: {
      host: 'h',
      stream: 's',
      from: 'earliest',
      onGap: 'stop',
      ranges: true,
      maxBytesInFlight: 2_097_152,
      ...MESSAGE_DEFAULTS,
      ...CONNECTION_DEFAULTS,
    },
  },
  { input: STREAM_ALL, output: STREAM_ALL },
];

const SUBJECT_ALL = {
  host: 'h',
  port: 1,
  credentialsFile: 'user.creds',
  clientName: 'me',
  inboxPrefix: 'in',
  connectTimeoutMs: 1,
  requestTimeoutMs: 2,
  ...MESSAGE_ALL,
  subjects: ['a', 'b.*'],
  queue: 'q',
  maxQueued: 5,
  maxQueuedBytes: 2_048,
};

/** Options of `natsSubject` 0.1.0. */
export const PUBLISHED_SUBJECT_OPTIONS: readonly PublishedOptions[] = [
  {
    input: { host: 'h', subjects: ['s'] },
    output: {
      host: 'h',
      subjects: ['s'],
      maxQueued: 10_000,
      maxQueuedBytes: 33_554_432,
      ...MESSAGE_DEFAULTS,
      ...CONNECTION_DEFAULTS,
    },
  },
  { input: SUBJECT_ALL, output: SUBJECT_ALL },
];
