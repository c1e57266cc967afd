// The function that applications call. The engine makes a receiver, with a connection of its own, for every start.
import { defineReceiver, type Receiver } from '@millrace/core';
import { AcknowledgingReceiver } from './acknowledging-receiver.ts';
import { openSource, type SampleQueueRecord } from './read-source.ts';
import { MAX_IN_FLIGHT, sampleQueueOptions } from './sample-queue.options.ts';

/**
 * A receiver of messages from a queue. A message is acknowledged once durable.
 *
 * ```ts
 * const messages = ssc.receiverStream(sampleQueue({ host: 'localhost', port: 6789, queue: 'orders' }));
 * ```
 *
 * @throws `MR_CONFIG_INVALID_OPTION` with path, value and expectation.
 */
export const sampleQueue = defineReceiver({
  name: 'sample-queue',
  contract: 1,
  capabilities: {
    ack: 'individual',
    replayable: false,
    ordering: 'per-stream',
    pause: true,
    bounded: false,
    format: 'records',
    touches: ['network'],
    maxInFlight: MAX_IN_FLIGHT,
  },
  options: sampleQueueOptions,
  secrets: ['token'],
  describe: ({ host, port, queue }) => `sample-queue ${host}:${port} ${queue}`,
  create: (options): Receiver<SampleQueueRecord> =>
    new AcknowledgingReceiver((context) => openSource(options, context)),
});
