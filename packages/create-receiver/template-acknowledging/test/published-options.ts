// What applications wrote for published versions, and what it meant. Lines are only added here: a later version
// understands what an earlier one took.
import type { PublishedOptions } from '@millrace/harness/conformance';

/** Options of `sampleQueue` since 0.1.0. */
export const PUBLISHED_OPTIONS: readonly PublishedOptions[] = [
  {
    input: { host: 'localhost', port: 6_789, queue: 'orders' },
    output: { host: 'localhost', port: 6_789, queue: 'orders', window: 1_000, maxMessageBytes: 1_048_576 },
  },
];
