// The options of published versions, and their parsed values. Only add lines here: a later version has to
// understand the options of an earlier one.
import type { PublishedOptions } from '@millrace/testing/conformance';

/** Options of `sampleFeed` since 0.1.0. */
export const PUBLISHED_OPTIONS: readonly PublishedOptions[] = [
  {
    input: { url: 'http://localhost:8080/feed' },
    output: { url: 'http://localhost:8080/feed', maxLineBytes: 1_048_576 },
  },
];
