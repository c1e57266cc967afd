// Answers of the CORS protocol (Fetch standard), with which a browser lets a page send and read. Only pages of
// `allowedOrigins` get these headers.
import type { IncomingHttpHeaders } from 'node:http';

const SENT_HEADERS = 'authorization, content-encoding, content-type, idempotency-key';
const READ_HEADERS = 'idempotent-replayed, retry-after';
const REMEMBERED_SECONDS = '600';

/** Headers that let a page of this origin read an answer; none without an origin. */
export function corsHeaders(origin: string | undefined): Readonly<Record<string, string>> {
  if (origin === undefined) return {};
  return {
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Expose-Headers': READ_HEADERS,
    Vary: 'Origin',
  };
}

/** Headers that answer a preflight request. */
export function preflightHeaders(
  headers: IncomingHttpHeaders,
  allow: readonly string[],
): Readonly<Record<string, string>> {
  if (headers['access-control-request-method'] === undefined) return {};
  const isPrivate = headers['access-control-request-private-network'] === 'true';
  return {
    'Access-Control-Allow-Methods': allow.join(', '),
    'Access-Control-Allow-Headers': SENT_HEADERS,
    'Access-Control-Max-Age': REMEMBERED_SECONDS,
    ...(isPrivate ? { 'Access-Control-Allow-Private-Network': 'true' } : {}),
  };
}
