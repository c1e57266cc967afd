// The public names of this package.
export { sampleFeed } from './sample-feed.ts';
export { sampleFeedOptions } from './sample-feed.options.ts';
export type { SampleFeedInput, SampleFeedOptions } from './sample-feed.options.ts';
export type { SampleFeedRecord } from './read-source.ts';
