// The function that applications call. The engine makes a receiver for every start; the receiver reads the source through
// `readSource`, stores one record after the other, and requests the next record only when storage has room.
import { defineReceiver, fromAsyncIterable, type Receiver } from '@millrace/core';
import { readSource, type SampleFeedRecord } from './read-source.ts';
import { sampleFeedOptions } from './sample-feed.options.ts';

/**
 * A receiver of records from a feed.
 *
 * ```ts
 * const records = ssc.receiverStream(sampleFeed({ url: 'http://localhost:8080/feed' }));
 * ```
 *
 * @throws `MR_CONFIG_INVALID_OPTION` with path, value and expectation.
 */
export const sampleFeed = defineReceiver({
  name: 'sample-feed',
  contract: 1,
  capabilities: {
    ack: 'none',
    replayable: false,
    ordering: 'per-stream',
    pause: true,
    bounded: false,
    format: 'records',
    touches: ['network'],
  },
  options: sampleFeedOptions,
  describe: ({ url }) => `sample-feed ${new URL(url).host}`,
  create: (options): Receiver<SampleFeedRecord> => {
    let reading: Receiver<SampleFeedRecord> | undefined;
    return {
      start: (context) => {
        reading = fromAsyncIterable(() => readSource(options, context)).create();
        return reading.start(context);
      },
      stop: (reason) => reading?.stop(reason),
    };
  },
});
