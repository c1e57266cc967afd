// A stream of a receiver that is never started: the test allocates its blocks.
import type { ConfiguredReceiver } from '@millrace/core';
import { ReceiverInputDStream } from '../src/dstream/receiver-input-dstream.ts';
import type { StreamFixture } from './stream-fixture.ts';

/** Makes the stream; `fixture.allocate` gives its batches their blocks. */
export function idleReceiverStream<T>(fixture: StreamFixture): ReceiverInputDStream<T> {
  const receiver: ConfiguredReceiver<T> = {
    name: 'numbers',
    contract: 1,
    description: 'numbers from a test',
    preferredHost: undefined,
    capabilities: {
      ack: 'none',
      replayable: false,
      ordering: 'none',
      pause: true,
      bounded: false,
      format: 'records',
      touches: [],
    },
    create: () => {
      throw new Error('not started here');
    },
  };
  return new ReceiverInputDStream<T>(fixture, receiver);
}
