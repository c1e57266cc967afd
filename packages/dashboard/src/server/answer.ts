// Answers and their headers. Nothing on this server may be framed, embedded, sniffed or read by another site, and the page
// may run its own script and nothing else.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isMillraceError } from '@millrace/core';
import { dashboardError, type DashboardErrorCode } from '../dashboard-errors.ts';

/** The policy of the page. Trusted types: no part of the script can write markup. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** Headers of every answer. */
export const SAFE_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};

const STATUS_OF: Readonly<Record<DashboardErrorCode, number>> = {
  MR_DASHBOARD_QUERY_INVALID: 400,
  MR_DASHBOARD_UNAUTHORIZED: 401,
  MR_DASHBOARD_SITE_REFUSED: 403,
  MR_DASHBOARD_PATH_UNKNOWN: 404,
  MR_DASHBOARD_METHOD_REFUSED: 405,
  MR_DASHBOARD_URL_TOO_LONG: 414,
  MR_DASHBOARD_HOST_REFUSED: 421,
  MR_DASHBOARD_FAILED: 500,
  MR_DASHBOARD_LISTENERS_FULL: 503,
  MR_DASHBOARD_NOT_LISTENING: 500,
};

/** Headers of one answer besides those of every answer. */
export type Headers = Readonly<Record<string, string>>;

/** The content of an answer. */
export interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: string | Uint8Array;
  readonly headers?: Headers;
}

/** An answer of JSON. */
export function json(value: unknown, status = 200): Reply {
  return { status, type: 'application/json; charset=utf-8', body: JSON.stringify(value) };
}

/** A problem document (RFC 9457). An unexpected error becomes a 500 without its text, which may be internal. */
export function refusal(error: unknown): Reply {
  const isKnown = isMillraceError(error) && Object.hasOwn(STATUS_OF, error.code);
  const { code, message } = isKnown
    ? error
    : dashboardError('MR_DASHBOARD_FAILED', 'the dashboard failed to answer; the log contains the reason');
  const status = STATUS_OF[code as DashboardErrorCode];
  return {
    status,
    type: 'application/problem+json; charset=utf-8',
    body: JSON.stringify({ status, code, detail: message }),
    headers: {
      ...(status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {}),
      ...(status === 405 ? { Allow: 'GET, HEAD' } : {}),
      ...(status === 503 ? { 'Retry-After': '5' } : {}),
    },
  };
}

/** Sends an answer; to HEAD without its body. */
export function send(request: IncomingMessage, response: ServerResponse, answer: Reply): void {
  const { status, type, body, headers } = answer;
  response.writeHead(status, {
    ...SAFE_HEADERS,
    'Cache-Control': 'no-store',
    'Content-Type': type,
    ...(status === 304 ? {} : { 'Content-Length': Buffer.byteLength(body) }),
    // A body, which no request here needs, is not read.
    ...(hasBody(request) ? { Connection: 'close' } : {}),
    ...headers,
  });
  if (request.method === 'HEAD' || status === 304) response.end();
  else response.end(body);
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}
