// The public names of this package.
export { sampleQueue } from './sample-queue.ts';
export { sampleQueueOptions } from './sample-queue.options.ts';
export type { SampleQueueInput, SampleQueueOptions } from './sample-queue.options.ts';
export type { SampleQueueRecord } from './read-source.ts';
