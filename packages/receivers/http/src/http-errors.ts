// The failures of this package, by code. Most codes appear in the answer to a client's request; `requests/refusal.ts`
// maps codes to statuses. A request refused with disposition `back-off` is worth repeating, all others are not.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of @millrace/receiver-http with its meaning. */
export const HTTP_ERROR_CODES = {
  MR_HTTP_ADDRESS_IN_USE: {
    disposition: 'back-off',
    meaning:
      'another program, or another receiver, listens on this host and port; stop that program or choose another port',
  },
  MR_HTTP_LISTEN_FAILED: {
    disposition: 'back-off',
    meaning: 'the receiver cannot listen on this host and port; check both, and the rights of the process',
  },
  MR_HTTP_TLS_UNUSABLE: {
    disposition: 'back-off',
    meaning:
      'the files named by the option tls cannot be read or do not match; the cause contains the reason',
  },
  MR_HTTP_ACCEPT_FAILED: {
    disposition: 'retry',
    meaning:
      'connections could not be accepted, usually for lack of file descriptors; existing connections continue',
  },
  MR_HTTP_MALFORMED_REQUEST: {
    disposition: 'skip-record',
    meaning: 'a header of a request is malformed; the message names the header',
  },
  MR_HTTP_HEAD_TOO_LARGE: {
    disposition: 'skip-record',
    meaning: 'the headers of a request are larger than 16 KiB; send fewer or shorter ones',
  },
  MR_HTTP_REQUEST_LATE: {
    disposition: 'retry',
    meaning:
      'a request did not arrive completely within headersTimeoutMs and requestTimeoutMs; send the request again, or raise these limits',
  },
  MR_HTTP_ORIGIN_REFUSED: {
    disposition: 'skip-record',
    meaning: 'a web page sent a request with an origin outside allowedOrigins',
  },
  MR_HTTP_HOST_REFUSED: {
    disposition: 'skip-record',
    meaning:
      'a request on loopback named a host that anyone can register in the DNS and that is missing from allowedHosts',
  },
  MR_HTTP_UNAUTHORIZED: {
    disposition: 'skip-record',
    meaning: 'a request came without a valid bearer token',
  },
  MR_HTTP_PATH_UNKNOWN: {
    disposition: 'skip-record',
    meaning: 'a request went to a path other than the path for records',
  },
  MR_HTTP_METHOD_REFUSED: {
    disposition: 'skip-record',
    meaning: 'a request used a method that its path does not accept; records are sent by POST',
  },
  MR_HTTP_TYPE_UNSUPPORTED: {
    disposition: 'skip-record',
    meaning: 'a body has an unsupported content type, charset or content encoding',
  },
  MR_HTTP_BODY_TOO_LARGE: {
    disposition: 'skip-record',
    meaning:
      'a body is larger than maxBodyBytes, decompresses to more than maxDecompressedBytes or maxCompressionRatio allow, or takes more memory than maxBytesInFlight; send less at once',
  },
  MR_HTTP_BODY_MALFORMED: {
    disposition: 'skip-record',
    meaning: 'a body does not have the format declared in its headers; no part of the body was stored',
  },
  MR_HTTP_RECORD_MALFORMED: {
    disposition: 'skip-record',
    meaning: "a record is unacceptable; the message contains the record's place and the reason",
  },
  MR_HTTP_RECORD_INVALID: {
    disposition: 'skip-record',
    meaning:
      "records do not match the schema of the option validate; the answer contains each record's place and its issues",
  },
  MR_HTTP_RECORD_TOO_LARGE: {
    disposition: 'skip-record',
    meaning: "a record is larger than maxRecordBytes; the message contains the record's place",
  },
  MR_HTTP_TOO_MANY_RECORDS: {
    disposition: 'skip-record',
    meaning: 'a request contains more records than maxRecordsPerRequest; send fewer at once',
  },
  MR_HTTP_KEY_REUSED: {
    disposition: 'skip-record',
    meaning: 'an Idempotency-Key was repeated with another body; a new request needs a new key',
  },
  MR_HTTP_LIMITED: {
    disposition: 'back-off',
    meaning: 'the engine accepts no more records at present; send the request again later',
  },
  MR_HTTP_BUSY: {
    disposition: 'back-off',
    meaning:
      'the requests, bytes of memory or records in progress have reached maxConcurrentRequests, maxBytesInFlight or maxRecordsInFlight; send the request again later',
  },
  MR_HTTP_STOPPING: {
    disposition: 'back-off',
    meaning:
      'the receiver was stopped before or while storing the request; send the whole request again later',
  },
  MR_HTTP_NOT_STORED: {
    disposition: 'back-off',
    meaning:
      'the records of a request are not known to be durable, although some may be; send all of them again',
  },
  MR_HTTP_ANSWER_LATE: {
    disposition: 'back-off',
    meaning:
      'the records of a request were not durable within answerTimeoutMs, but may still become durable; send all of them again, preferably with the same Idempotency-Key',
  },
  MR_HTTP_FAILED: {
    disposition: 'retry',
    meaning: 'the receiver failed in an unexpected way; the cause contains the details',
  },
} as const satisfies ErrorCodeTable;

/** A code of this package. */
export type HttpErrorCode = keyof typeof HTTP_ERROR_CODES;

/** Makes an error of this package's table. */
export const httpError = errorFactory(HTTP_ERROR_CODES);
