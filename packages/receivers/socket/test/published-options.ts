// Options as applications wrote for version 0.1.0, with their meaning. Nothing here changes: later versions accept the
// same options.
import type { PublishedOptions } from '@millrace/testing/conformance';

const DEFAULTS = {
  encoding: 'utf-8',
  maxLineBytes: 1_048_576,
  onLongLine: 'skip',
  onEnd: 'restart',
  connectTimeoutMs: 10_000,
  idleTimeoutMs: 0,
};
const ALL = {
  host: 'example',
  port: 1,
  encoding: 'utf-8',
  maxLineBytes: 10,
  onLongLine: 'stop',
  onEnd: 'stop',
  connectTimeoutMs: 1,
  idleTimeoutMs: 5,
};

/** Options of `socketText` 0.1.0. */
export const PUBLISHED_OPTIONS: readonly PublishedOptions[] = [
  { input: { host: 'localhost', port: 9_999 }, output: { host: 'localhost', port: 9_999, ...DEFAULTS } },
  { input: ALL, output: ALL },
];

const FRAMES_DEFAULTS = {
  maxFrameBytes: 1_048_576,
  onLongFrame: 'stop',
  onEnd: 'restart',
  connectTimeoutMs: 10_000,
  idleTimeoutMs: 0,
};
const FRAMES_ALL = {
  host: 'example',
  port: 1,
  maxFrameBytes: 10,
  onLongFrame: 'skip',
  onEnd: 'stop',
  connectTimeoutMs: 1,
  idleTimeoutMs: 5,
};

/** Options of `socketFrames` 0.1.0. */
export const PUBLISHED_FRAMES_OPTIONS: readonly PublishedOptions[] = [
  {
    input: { host: 'localhost', port: 9_999 },
    output: { host: 'localhost', port: 9_999, ...FRAMES_DEFAULTS },
  },
  { input: FRAMES_ALL, output: FRAMES_ALL },
];
