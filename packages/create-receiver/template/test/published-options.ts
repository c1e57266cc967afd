// What applications wrote for published versions, and what it meant. Lines are only added here: a later version
// understands what an earlier one took.
import type { PublishedOptions } from '@millrace/harness/conformance';

/** Options of `sampleFeed` since 0.1.0. */
export const PUBLISHED_OPTIONS: readonly PublishedOptions[] = [
  {
    input: { url: 'http://localhost:8080/feed' },
    output: { url: 'http://localhost:8080/feed', maxLineBytes: 1_048_576 },
  },
];
