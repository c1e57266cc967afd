// Options as applications wrote for version 0.1.0, with their meaning. Nothing here changes: later versions accept the
// same options.
import type { PublishedOptions } from '@millrace/testing/conformance';

const DEFAULTS = {
  suffixes: [],
  pattern: '*',
  newFilesOnly: true,
  minRememberMs: 60_000,
  pollIntervalMs: 1_000,
  chunkBytes: 262_144,
};
const ALL = {
  directory: '/spool',
  suffixes: ['.txt'],
  pattern: 'a*',
  newFilesOnly: false,
  minRememberMs: 1,
  pollIntervalMs: 2,
  chunkBytes: 3,
};
const minimal = { input: { directory: '/spool' } };

/** Options of `textFiles` 0.1.0. */
export const PUBLISHED_TEXT_OPTIONS: readonly PublishedOptions[] = [
  { ...minimal, output: { directory: '/spool', ...DEFAULTS, maxLineBytes: 1_048_576, onLongLine: 'skip' } },
  {
    input: { ...ALL, maxLineBytes: 4, onLongLine: 'stop' },
    output: { ...ALL, maxLineBytes: 4, onLongLine: 'stop' },
  },
];

/** Options of `wholeFiles` 0.1.0. */
export const PUBLISHED_WHOLE_OPTIONS: readonly PublishedOptions[] = [
  { ...minimal, output: { directory: '/spool', ...DEFAULTS, maxFileBytes: 16_777_216 } },
  { input: { ...ALL, maxFileBytes: 4 }, output: { ...ALL, maxFileBytes: 4 } },
];
