// The codes of this package. Each meaning names the remedy, and the disposition defines the engine's reaction: an absent or
// busy server is waited for, records that the server refuses fail their batch, a failure that needs a human stops.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of @millrace/sink-http with its meaning. */
export const HTTP_SINK_ERROR_CODES = {
  MR_SINK_HTTP_UNREACHABLE: {
    disposition: 'back-off',
    meaning:
      'the server did not answer, or the connection broke, in every attempt; the write is tried again with growing delays, and a request whose answer was lost comes again with its key',
  },
  MR_SINK_HTTP_BUSY: {
    disposition: 'back-off',
    meaning:
      'the server asked for fewer requests (429, 503, 409 of a request under way) in every attempt, or for a longer pause than retryAfterMaxMs; the write is tried again with growing delays',
  },
  MR_SINK_HTTP_FAILED: {
    disposition: 'back-off',
    meaning:
      'the server failed (408, 425, 500 and other statuses from 500 on) in every attempt; the write is tried again with growing delays',
  },
  MR_SINK_HTTP_DENIED: {
    disposition: 'stop-engine',
    meaning: 'the server refused the credentials or the permission (401, 403, 407); correct them',
  },
  MR_SINK_HTTP_NO_ENDPOINT: {
    disposition: 'stop-engine',
    meaning:
      'nothing takes records at the URL: no such path or method (404, 405, 410, 501), or a redirection, which the sink does not follow; correct url or method',
  },
  MR_SINK_HTTP_TOO_LARGE: {
    disposition: 'fail-batch',
    meaning:
      'a request is larger than the server accepts (413); lower maxBytesPerRequest or maxRecordsPerRequest, or make records smaller',
  },
  MR_SINK_HTTP_REFUSED: {
    disposition: 'fail-batch',
    meaning:
      'the server refused the records of a request (another status from 400 on); the message contains the beginning of the answer',
  },
} as const satisfies ErrorCodeTable;

/** A code of this package. */
export type HttpSinkErrorCode = keyof typeof HTTP_SINK_ERROR_CODES;

/** Makes an error of this package's table. */
export const httpSinkError = errorFactory(HTTP_SINK_ERROR_CODES);
