// Runs the conformance kit of Millrace on the receiver. `npm run conformance` runs this test and records the results.
import { type ReceiverTarget, receiverConformance } from '@millrace/testing/conformance';
import { describe, it } from 'vitest';
import { sampleQueue, sampleQueueOptions, type SampleQueueRecord } from '../src/index.ts';
import { PUBLISHED_OPTIONS } from './published-options.ts';
import { QueueServer } from './queue-server.ts';

const WINDOW = 20;
const SECRET = 'a-token-nobody-says';
const messageOf = (id: number): string => JSON.stringify({ id, value: id / 2 });

/** A queue and a receiver for its messages. Messages are identified by their ids. */
async function createTarget(): Promise<ReceiverTarget<SampleQueueRecord>> {
  const server = await QueueServer.create();
  const { port } = server;
  return {
    receiver: sampleQueue({ host: '127.0.0.1', port, queue: 'orders', token: SECRET, window: WINDOW }),
    send: (ids) => server.put(ids.map(messageOf)),
    idOf: ({ id }) => (typeof id === 'number' ? id : undefined),
    acknowledged: () =>
      server.done.flatMap((message) => /^\{"id":(\d+)/.exec(message)?.[1] ?? []).map(Number),
    takenBytes: () => server.sentBytes,
    sendPoison: () => server.put(['{"id": no number}']),
    disconnect: () => server.disconnect(),
    setReachable: (isReachable) => server.setReachable(isReachable),
    dispose: () => server.close(),
  };
}

receiverConformance(
  { describe, it },
  {
    name: 'sampleQueue',
    module: import.meta.url,
    report: process.env['npm_lifecycle_event'] === 'conformance',
    capabilities: sampleQueue.capabilities,
    create: createTarget,
    // The bytes that the queue sends while nothing is acknowledged.
    inFlightMax: WINDOW,
    heldBytesMax: WINDOW * (messageOf(999).length + 1),
    secrets: [SECRET],
    options: { schema: sampleQueueOptions, published: PUBLISHED_OPTIONS },
  },
);
