// The public function of the package for lines: lines of text over TCP, as the input of a stream.
import { defineReceiver, type TextPiece } from '@millrace/core';
import { serverText } from '@millrace/core/engine';
import { connectTo } from './connect-to.ts';
import { SocketLineReader } from './socket-line-reader.ts';
import { CONNECTION_SECRETS } from './socket-connection.options.ts';
import { SocketReceiver } from './socket-receiver.ts';
import { socketTextOptions } from './socket-text.options.ts';

/**
 * A receiver that connects to a host over TCP and stores each received line.
 *
 * ```ts
 * const lines = ssc.receiverStream(socketText({ host: 'localhost', port: 9999 }));
 * ```
 *
 * TCP keeps nothing for an absent reader: bytes sent while the receiver restarts are lost, unless the peer waits.
 * Received lines are stored in order (BLK-1).
 *
 * @throws `MR_CONFIG_INVALID_OPTION` with path, value and expectation.
 */
export const socketText = defineReceiver({
  name: 'socket-text',
  contract: 1,
  capabilities: {
    ack: 'none',
    replayable: false,
    ordering: 'per-stream',
    pause: true,
    bounded: false,
    format: 'text',
    touches: ['network'],
  },
  options: socketTextOptions,
  secrets: CONNECTION_SECRETS,
  describe: ({ host, port, tls }) => `socket ${serverText(host, port)}${tls === undefined ? '' : ' (TLS)'}`,
  create: (options) =>
    new SocketReceiver<string, TextPiece>(
      options,
      connectTo,
      (context, address) => new SocketLineReader(context, options, address),
    ),
});
