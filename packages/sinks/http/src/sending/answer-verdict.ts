// The meaning of a status: taken, try again, or refused. https://www.rfc-editor.org/rfc/rfc9110#status.codes and, for 409 and
// 422 beside a key, the draft of the header Idempotency-Key.
import type { HttpSinkErrorCode } from '../http-sink-errors.ts';

/** `taken`: the server has the records. `again`: a later attempt may succeed. `refused`: a repetition has the same answer. */
export type AnswerVerdict =
  | { readonly kind: 'taken' }
  | { readonly kind: 'again' | 'refused'; readonly code: HttpSinkErrorCode }
  | { readonly kind: 'repartitioned'; readonly before: string };

const BUSY: ReadonlySet<number> = new Set([409, 429, 503]);
const FAILED: ReadonlySet<number> = new Set([408, 425]);
const DENIED: ReadonlySet<number> = new Set([401, 403, 407]);
const NO_ENDPOINT: ReadonlySet<number> = new Set([404, 405, 410, 501]);
const TOO_LARGE = 413;
const OTHER_CONTENT = 422;

/** The verdict on an answer. A response of `redirect: 'manual'` may have the status 0. */
export function verdictOn({
  status,
  headers,
  type,
}: Pick<Response, 'status' | 'headers' | 'type'>): AnswerVerdict {
  if (status >= 200 && status < 300) return { kind: 'taken' };
  if (BUSY.has(status)) return { kind: 'again', code: 'MR_SINK_HTTP_BUSY' };
  if (DENIED.has(status)) return { kind: 'refused', code: 'MR_SINK_HTTP_DENIED' };
  if (type === 'opaqueredirect' || status < 400 || NO_ENDPOINT.has(status))
    return { kind: 'refused', code: 'MR_SINK_HTTP_NO_ENDPOINT' };
  if (FAILED.has(status) || status >= 500) return { kind: 'again', code: 'MR_SINK_HTTP_FAILED' };
  if (status === TOO_LARGE) return { kind: 'refused', code: 'MR_SINK_HTTP_TOO_LARGE' };
  const before = status === OTHER_CONTENT ? headers.get('millrace-division') : null;
  return before === null
    ? { kind: 'refused', code: 'MR_SINK_HTTP_REFUSED' }
    : { kind: 'repartitioned', before };
}
