// What can go wrong, by code. Most of these are said to a client, in the answer to its request: which status goes with
// which code is in `requests/refusal.ts`. Those of disposition `back-off` are worth sending again, all others are not.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of @millrace/receiver-http with its meaning. */
export const HTTP_ERROR_CODES = {
  MR_HTTP_ADDRESS_IN_USE: {
    disposition: 'back-off',
    meaning:
      'another program, or another receiver, listens on this host and port; stop it or choose another port',
  },
  MR_HTTP_LISTEN_FAILED: {
    disposition: 'back-off',
    meaning: 'the receiver cannot listen on this host and port; check both, and the rights of the process',
  },
  MR_HTTP_TLS_UNUSABLE: {
    disposition: 'back-off',
    meaning: 'the files named by the option tls cannot be read or do not fit together; the cause says why',
  },
  MR_HTTP_ACCEPT_FAILED: {
    disposition: 'retry',
    meaning: 'connections could not be accepted, mostly for want of file descriptors; those there are go on',
  },
  MR_HTTP_MALFORMED_REQUEST: {
    disposition: 'skip-record',
    meaning: 'a header of a request is not what it has to be; the message says which',
  },
  MR_HTTP_HEAD_TOO_LARGE: {
    disposition: 'skip-record',
    meaning: 'the headers of a request are larger than 16 KiB; send fewer or shorter ones',
  },
  MR_HTTP_REQUEST_LATE: {
    disposition: 'retry',
    meaning:
      'a request did not come in whole within headersTimeoutMs and requestTimeoutMs; send it again, or raise them',
  },
  MR_HTTP_ORIGIN_REFUSED: {
    disposition: 'skip-record',
    meaning: 'a web page sent a request whose origin is none of allowedOrigins',
  },
  MR_HTTP_HOST_REFUSED: {
    disposition: 'skip-record',
    meaning:
      'a request on loopback was for a host that anybody can own in the DNS and that is none of allowedHosts',
  },
  MR_HTTP_UNAUTHORIZED: {
    disposition: 'skip-record',
    meaning: 'a request came without one of the bearer tokens',
  },
  MR_HTTP_PATH_UNKNOWN: {
    disposition: 'skip-record',
    meaning: 'a request went to another path than the one that takes records',
  },
  MR_HTTP_METHOD_REFUSED: {
    disposition: 'skip-record',
    meaning: 'a request had another method than its path takes; records are sent by POST',
  },
  MR_HTTP_TYPE_UNSUPPORTED: {
    disposition: 'skip-record',
    meaning: 'a body has a content type, charset or content encoding that this receiver does not read',
  },
  MR_HTTP_BODY_TOO_LARGE: {
    disposition: 'skip-record',
    meaning:
      'a body is larger than maxBodyBytes, unpacks to more than maxDecompressedBytes or maxCompressionRatio allow, or takes more memory than maxBytesInFlight; send less at once',
  },
  MR_HTTP_BODY_MALFORMED: {
    disposition: 'skip-record',
    meaning: 'a body cannot be read as what its headers say it is; nothing of it was stored',
  },
  MR_HTTP_RECORD_MALFORMED: {
    disposition: 'skip-record',
    meaning: 'a record cannot be taken; the message says which and why',
  },
  MR_HTTP_RECORD_TOO_LARGE: {
    disposition: 'skip-record',
    meaning: 'a record is larger than maxRecordBytes; the message says which',
  },
  MR_HTTP_TOO_MANY_RECORDS: {
    disposition: 'skip-record',
    meaning: 'a request holds more records than maxRecordsPerRequest; send fewer at once',
  },
  MR_HTTP_KEY_REUSED: {
    disposition: 'skip-record',
    meaning: 'an Idempotency-Key came again with another body; a new request needs a new key',
  },
  MR_HTTP_LIMITED: {
    disposition: 'back-off',
    meaning: 'the engine takes no more records at present; send the request again later',
  },
  MR_HTTP_BUSY: {
    disposition: 'back-off',
    meaning:
      'as many requests, bytes of memory or records are on their way as maxConcurrentRequests, maxBytesInFlight and maxRecordsInFlight allow; send the request again later',
  },
  MR_HTTP_STOPPING: {
    disposition: 'back-off',
    meaning:
      'the receiver was stopped before the request was stored, or in the middle; send all of it again later',
  },
  MR_HTTP_NOT_STORED: {
    disposition: 'back-off',
    meaning:
      'the records of a request are not known to be durable, although some may be; send all of them again',
  },
  MR_HTTP_ANSWER_LATE: {
    disposition: 'back-off',
    meaning:
      'the records of a request were not durable within answerTimeoutMs, they may still become so; send all of them again, best with the same Idempotency-Key',
  },
  MR_HTTP_FAILED: {
    disposition: 'retry',
    meaning: 'the receiver failed in a way that nobody foresaw; the cause says how',
  },
} as const satisfies ErrorCodeTable;

/** A code of this package. */
export type HttpErrorCode = keyof typeof HTTP_ERROR_CODES;

/** Makes an error of this package's table. */
export const httpError = errorFactory(HTTP_ERROR_CODES);
