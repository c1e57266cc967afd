// The public function of the package for frames: frames of bytes over TCP, as the input of a stream.
import { defineReceiver } from '@millrace/core';
import { serverText } from '@millrace/core/engine';
import { connectTo } from './connect-to.ts';
import { FrameDecoder, type FramePiece } from './frame-decoder.ts';
import { socketFramesOptions } from './socket-frames.options.ts';
import { CONNECTION_SECRETS } from './socket-connection.options.ts';
import { SocketReceiver } from './socket-receiver.ts';

/**
 * A receiver that connects to a host over TCP and stores each received frame as a record of bytes. A frame is its
 * length, four bytes with the most significant first, and this number of bytes; an empty frame is a record too.
 *
 * ```ts
 * const images = ssc.receiverStream(socketFrames({ host: 'localhost', port: 9999, maxFrameBytes: 16_777_216 }));
 * ```
 *
 * TCP keeps nothing for an absent reader: bytes sent while the receiver restarts are lost, unless the peer waits.
 * Received frames are stored in order (BLK-1).
 *
 * @throws `MR_CONFIG_INVALID_OPTION` with path, value and expectation.
 */
export const socketFrames = defineReceiver({
  name: 'socket-frames',
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
  options: socketFramesOptions,
  secrets: CONNECTION_SECRETS,
  describe: ({ host, port, tls }) => `socket ${serverText(host, port)}${tls === undefined ? '' : ' (TLS)'}`,
  create: (options) =>
    new SocketReceiver<Uint8Array, FramePiece>(
      options,
      connectTo,
      (context, address) => new FrameDecoder(context, options, address),
    ),
});
