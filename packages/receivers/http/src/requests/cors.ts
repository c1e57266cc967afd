// What browsers ask before a page may send, and may read an answer (the CORS protocol of the Fetch standard). Only pages of
// `allowedOrigins` come this far.
import type { IncomingHttpHeaders } from 'node:http';

const SENT_HEADERS = 'authorization, content-encoding, content-type, idempotency-key';
const READ_HEADERS = 'idempotent-replayed, retry-after';
const REMEMBERED_SECONDS = '600';

/** The headers that let a page of this origin read an answer; none where no page asks. */
export function corsHeaders(origin: string | undefined): Readonly<Record<string, string>> {
  if (origin === undefined) return {};
  return {
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Expose-Headers': READ_HEADERS,
    Vary: 'Origin',
  };
}

/** The headers that answer a browser's question before a request. */
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
