// The function that applications call.
import { defineReceiver, type Receiver } from '@millrace/core';
import { httpPollOptions } from './http-poll.options.ts';
import { type HttpPollRecord, PollingReceiver } from './polling-receiver.ts';

/**
 * A receiver of the records of an HTTP API, which is polled.
 *
 * @throws `MR_CONFIG_INVALID_OPTION` with path, value and expectation.
 */
export const httpPoll = defineReceiver({
  name: 'http-poll',
  contract: 1,
  capabilities: {
    ack: 'none',
    replayable: true,
    ordering: 'per-stream',
    pause: true,
    bounded: false,
    format: 'records',
    touches: ['network'],
  },
  options: httpPollOptions,
  describe: ({ url }) => `http-poll ${url}`,
  create: (options): Receiver<HttpPollRecord> => new PollingReceiver(options),
});
