// Options as applications wrote for version 0.1.0, with their meaning. Nothing here changes: later versions accept the
// same options.
import type { PublishedOptions } from '@millrace/testing/conformance';

const ALL = {
  url: 'wss://ann:p@h:1/a?b=c',
  headers: { Authorization: 'Bearer x' },
  protocols: ['v1'],
  onOpen: ['subscribe'],
  tls: { caFile: 'ca.pem', serverName: 'h' },
  maxMessageBytes: 1_000,
  connectTimeoutMs: 1,
  silenceMs: 1_000,
  value: 'text',
  onMalformed: 'skip',
  record: 'full',
};

/** Options of `webSocketMessages` 0.1.0. */
export const PUBLISHED_OPTIONS: readonly PublishedOptions[] = [
  {
    input: { url: 'ws://h' },
    output: {
      url: 'ws://h',
      maxMessageBytes: 1_048_576,
      connectTimeoutMs: 10_000,
      silenceMs: 60_000,
      value: 'json',
      onMalformed: 'stop',
      record: 'value',
    },
  },
  { input: ALL, output: ALL },
];
