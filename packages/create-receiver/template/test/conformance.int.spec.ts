// Runs the conformance kit of Millrace on the receiver. `npm run conformance` runs this test and records the results.
import { receiverConformance } from '@millrace/testing/conformance';
import { describe, it } from 'vitest';
import { sampleFeed, sampleFeedOptions } from '../src/index.ts';
import { FeedServer } from './feed-server.ts';
import { PUBLISHED_OPTIONS } from './published-options.ts';

receiverConformance(
  { describe, it },
  {
    name: 'sampleFeed',
    module: import.meta.url,
    report: process.env['npm_lifecycle_event'] === 'conformance',
    capabilities: sampleFeed.capabilities,
    create: () => FeedServer.create(),
    // Bytes read from the feed before the engine accepts the first record: a few chunks of 64 KiB.
    heldBytesMax: 327_680,
    options: { schema: sampleFeedOptions, published: PUBLISHED_OPTIONS },
  },
);
