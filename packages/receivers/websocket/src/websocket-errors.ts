// The codes of this package. A lost server is not a failure of the engine: the receiver is restarted with growing delays.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of @millrace/receiver-websocket with its meaning. */
export const WEBSOCKET_ERROR_CODES = {
  MR_WEBSOCKET_UNREACHABLE: {
    disposition: 'back-off',
    meaning:
      'the server did not answer, or the connection broke or was silent for too long; the receiver connects again with growing delays, and messages of the meantime are lost',
  },
  MR_WEBSOCKET_REFUSED: {
    disposition: 'back-off',
    meaning:
      'the server answered the request for a connection with an HTTP status other than 101; the message contains the status; check url, headers and protocols',
  },
  MR_WEBSOCKET_CLOSED: {
    disposition: 'back-off',
    meaning:
      'the server closed the connection; the message contains the code; the receiver connects again with growing delays',
  },
  MR_WEBSOCKET_TOO_LARGE: {
    disposition: 'back-off',
    meaning:
      'a message is larger than maxMessageBytes; the connection was closed, and the receiver connects again; raise maxMessageBytes',
  },
  MR_WEBSOCKET_TLS_UNUSABLE: {
    disposition: 'back-off',
    meaning:
      'the files named by the option tls cannot be read or do not match; the message contains the reason',
  },
  MR_WEBSOCKET_MALFORMED: {
    disposition: 'skip-record',
    meaning:
      'a message is not in the form of the option value; the message was left out, or the receiver stopped, according to onMalformed',
  },
} as const satisfies ErrorCodeTable;

/** A code of this package. */
export type WebSocketErrorCode = keyof typeof WEBSOCKET_ERROR_CODES;

/** Makes an error of this package's table. */
export const webSocketError = errorFactory(WEBSOCKET_ERROR_CODES);
