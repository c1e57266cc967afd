// Proves the receiver with the conformance kit of Millrace. `npm run conformance` runs this too, and keeps the results.
import { receiverConformance } from '@millrace/harness/conformance';
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
    // How much is read from the feed before the engine takes the first of it: a few chunks of 64 KiB.
    heldBytesMax: 327_680,
    options: { schema: sampleFeedOptions, published: PUBLISHED_OPTIONS },
  },
);
