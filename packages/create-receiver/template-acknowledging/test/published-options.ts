// The options of published versions, and their parsed values. Only add lines here: a later version has to
// understand the options of an earlier one.
import type { PublishedOptions } from '@millrace/testing/conformance';

/** Options of `sampleQueue` since 0.1.0. */
export const PUBLISHED_OPTIONS: readonly PublishedOptions[] = [
  {
    input: { host: 'localhost', port: 6_789, queue: 'orders' },
    output: { host: 'localhost', port: 6_789, queue: 'orders', window: 1_000, maxMessageBytes: 1_048_576 },
  },
];
