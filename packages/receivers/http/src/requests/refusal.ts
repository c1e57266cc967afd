// The conversion of an error to an answer: the status of each code, and the further content for the client. The body is
// a problem document (RFC 9457), so that any client library can read the answer.
import { isMillraceError, type MillraceError } from '@millrace/core';
import type { HttpErrorCode } from '../http-errors.ts';

/** The answer to the client. */
export interface HttpAnswer {
  readonly status: number;
  readonly contentType: 'application/json' | 'application/problem+json';
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined: the answer has no body and no type. */
  readonly body: Readonly<Record<string, unknown>> | undefined;
}

const STATUS_OF: Partial<Readonly<Record<HttpErrorCode, number>>> = {
  MR_HTTP_MALFORMED_REQUEST: 400,
  MR_HTTP_BODY_MALFORMED: 400,
  MR_HTTP_RECORD_MALFORMED: 400,
  MR_HTTP_RECORD_INVALID: 400,
  MR_HTTP_UNAUTHORIZED: 401,
  MR_HTTP_ORIGIN_REFUSED: 403,
  MR_HTTP_PATH_UNKNOWN: 404,
  MR_HTTP_METHOD_REFUSED: 405,
  MR_HTTP_REQUEST_LATE: 408,
  MR_HTTP_BODY_TOO_LARGE: 413,
  MR_HTTP_RECORD_TOO_LARGE: 413,
  MR_HTTP_TOO_MANY_RECORDS: 413,
  MR_HTTP_TYPE_UNSUPPORTED: 415,
  MR_HTTP_HOST_REFUSED: 421,
  MR_HTTP_KEY_REUSED: 422,
  MR_HTTP_LIMITED: 429,
  MR_HTTP_HEAD_TOO_LARGE: 431,
  MR_HTTP_BUSY: 503,
  MR_HTTP_STOPPING: 503,
  MR_HTTP_NOT_STORED: 503,
  MR_HTTP_ANSWER_LATE: 503,
};

/** The status for an error; undefined for an error that is not an answer to a request. */
export function statusOf(error: unknown): number | undefined {
  return isMillraceError(error) ? STATUS_OF[error.code as HttpErrorCode] : undefined;
}

/**
 * The answer to a refused request. An error without a status of its own becomes a 500, and its text stays on the
 * server: the text may contain internal information.
 */
export function refusalAnswer(error: unknown, options: { readonly retryAfterSeconds: number }): HttpAnswer {
  const status = statusOf(error);
  if (status === undefined) {
    return problem(500, {
      code: 'MR_HTTP_FAILED',
      detail: 'the receiver failed; the log contains the reason',
    });
  }
  const { code, message, details } = error as MillraceError;
  return problem(
    status,
    { code, detail: message, ...placeOf(details), ...reportOf(details['rejected']) },
    headersOf(status, details, options.retryAfterSeconds),
  );
}

function problem(
  status: number,
  body: Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer {
  return { status, contentType: 'application/problem+json', headers, body: { status, ...body } };
}

/** The place of the first bad record, if the error concerns a record. */
function placeOf({ index, line }: MillraceError['details']): Readonly<Record<string, unknown>> {
  return { ...(index === undefined ? {} : { index }), ...(line === undefined ? {} : { line }) };
}

/** Rejected records in the form of an answer: their number, and the list of the records. */
export function reportOf(rejected: unknown): Readonly<Record<string, unknown>> {
  return Array.isArray(rejected) && rejected.length > 0
    ? { rejected: rejected.length, records: rejected }
    : {};
}

/** Details named after a header are for that header. */
function headersOf(
  status: number,
  details: MillraceError['details'],
  retryAfterSeconds: number,
): Readonly<Record<string, string>> {
  if (status === 401) return { 'WWW-Authenticate': 'Bearer' };
  if (status === 429 || status === 503) return { 'Retry-After': String(retryAfterSeconds) };
  const named = ['Allow', 'Accept-Post', 'Accept-Encoding'].filter((name) => Object.hasOwn(details, name));
  return Object.fromEntries(named.map((name) => [name, String(details[name])]));
}
