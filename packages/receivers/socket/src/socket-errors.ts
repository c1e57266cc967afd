// The codes of this package. A lost connection is not a failure of the engine: the receiver is restarted with growing
// delays. A line that cannot be stored is left out and reported.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of @millrace/receiver-socket with its meaning. */
export const SOCKET_ERROR_CODES = {
  MR_SOCKET_CONNECT_FAILED: {
    disposition: 'back-off',
    meaning:
      'the host refused the connection, was not found or has no trusted certificate; the receiver tries again with growing delays',
  },
  MR_SOCKET_CONNECT_TIMEOUT: {
    disposition: 'back-off',
    meaning: 'the host did not answer within connectTimeoutMs; check host, port and firewall',
  },
  MR_SOCKET_TLS_UNUSABLE: {
    disposition: 'back-off',
    meaning:
      'the files named by the option tls cannot be read or do not match; the cause contains the reason',
  },
  MR_SOCKET_LOST: {
    disposition: 'back-off',
    meaning:
      'the connection broke while reading; data that the peer had sent and the receiver had not read is lost',
  },
  MR_SOCKET_IDLE: {
    disposition: 'back-off',
    meaning: 'no data arrived for idleTimeoutMs; the peer counts as gone and the receiver connects again',
  },
  MR_SOCKET_ENDED: {
    disposition: 'back-off',
    meaning:
      'the peer closed the stream; the receiver connects again, or set onEnd to stop if the source is complete',
  },
  MR_SOCKET_LONG_LINE: {
    disposition: 'skip-record',
    meaning:
      'a line is longer than maxLineBytes; the line was left out, or the receiver stopped, according to onLongLine',
  },
  MR_SOCKET_LONG_FRAME: {
    disposition: 'skip-record',
    meaning:
      'a frame is longer than maxFrameBytes, or the peer sends no lengths; the receiver stopped, or left the frame out, according to onLongFrame',
  },
  MR_SOCKET_UNFINISHED_FRAME: {
    disposition: 'skip-record',
    meaning: 'the connection broke inside a frame; the beginning of the frame was left out',
  },
  MR_SOCKET_UNFINISHED_LINE: {
    disposition: 'skip-record',
    meaning: 'the connection broke inside a line; the beginning of the line was left out',
  },
} as const satisfies ErrorCodeTable;

/** Makes an error of this package's table. */
export const socketError = errorFactory(SOCKET_ERROR_CODES);
