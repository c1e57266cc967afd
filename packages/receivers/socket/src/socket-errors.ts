// The codes of this package. A lost connection is no failure of the engine: the receiver is started again, later and
// later; a line that cannot be kept is left out and told.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of @millrace/receiver-socket with its meaning. */
export const SOCKET_ERROR_CODES = {
  MR_SOCKET_CONNECT_FAILED: {
    disposition: 'back-off',
    meaning:
      'the host refused the connection, was not found or showed no trusted certificate; the receiver tries again, later and later',
  },
  MR_SOCKET_CONNECT_TIMEOUT: {
    disposition: 'back-off',
    meaning: 'the host did not answer within connectTimeoutMs; check host, port and firewall',
  },
  MR_SOCKET_TLS_UNUSABLE: {
    disposition: 'back-off',
    meaning: 'the files named by the option tls cannot be read or do not fit together; the cause says why',
  },
  MR_SOCKET_LOST: {
    disposition: 'back-off',
    meaning: 'the connection broke while reading; what the peer had sent and nobody had read is lost',
  },
  MR_SOCKET_IDLE: {
    disposition: 'back-off',
    meaning: 'nothing came for idleTimeoutMs; the peer counts as gone and the receiver connects again',
  },
  MR_SOCKET_ENDED: {
    disposition: 'back-off',
    meaning:
      'the peer closed the stream; the receiver connects again, or set onEnd to stop if that is the end',
  },
  MR_SOCKET_LONG_LINE: {
    disposition: 'skip-record',
    meaning:
      'a line is longer than maxLineBytes; it was left out, or the receiver stopped, as onLongLine says',
  },
  MR_SOCKET_LONG_FRAME: {
    disposition: 'skip-record',
    meaning:
      'a frame is longer than maxFrameBytes, or the peer sends no lengths; the receiver stopped, or left it out, as onLongFrame says',
  },
  MR_SOCKET_UNFINISHED_FRAME: {
    disposition: 'skip-record',
    meaning: 'the connection broke inside a frame; its beginning was left out',
  },
  MR_SOCKET_UNFINISHED_LINE: {
    disposition: 'skip-record',
    meaning: 'the connection broke inside a line; its beginning was left out',
  },
} as const satisfies ErrorCodeTable;

/** Makes an error of this package's table. */
export const socketError = errorFactory(SOCKET_ERROR_CODES);
