// The public function of the package for text: lines by HTTP, as the input of a stream of text, stored as bytes until a
// job reads the lines.
import { defineReceiver, type Receiver } from '@millrace/core';
import { serverText } from '@millrace/core/engine';
import { textParsers } from './bodies/body-parsers.ts';
import { HttpReceiver } from './http-receiver.ts';
import { httpTextOptions, RECORDS_IN_FLIGHT_MAX } from './http.options.ts';

/**
 * A receiver that takes lines by `POST` of `text/plain`, and answers a request when all of its lines are durable and
 * registered (REC-1).
 *
 * ```ts
 * const lines = ssc.receiverStream(httpText({ port: 8_080 }));
 * ```
 *
 * All other behaviour equals `httpRecords`, except that a block keeps the lines as received bytes.
 *
 * @throws `MR_CONFIG_INVALID_OPTION` with path, value and expectation.
 */
export const httpText = defineReceiver({
  name: 'http-text',
  contract: 1,
  capabilities: {
    ack: 'individual',
    replayable: false,
    ordering: 'none',
    pause: true,
    bounded: false,
    format: 'text',
    touches: ['network'],
    maxInFlight: RECORDS_IN_FLIGHT_MAX,
  },
  options: httpTextOptions,
  secrets: ['bearerTokens', 'passphrase'],
  describe: ({ host, port, path }) => `http POST ${serverText(host, port)}${path} (text)`,
  create: (options): Receiver<string> => new HttpReceiver(options, textParsers(options)),
});
