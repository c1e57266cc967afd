// The meaning of a server's answer to a message for a stream. Only an answer with a sequence says that the message is stored, and
// only a few codes say that it is not; everything else leaves the outcome open.
import type { LinkMessage } from '../link/nats-link.ts';
import type { AppendAnswer } from './stream-shapes.ts';

interface Answer {
  readonly seq?: number;
  readonly duplicate?: boolean;
  readonly error?: { readonly code?: number; readonly err_code?: number; readonly description?: string };
}

/** Codes of JetStream. */
const WRONG_LAST_SEQUENCE = new Set([10071, 10164]);
const STORE_FAILED = 10077;
/** No storage for messages of the account or the server; refused before anything is stored. */
const NO_STORAGE = new Set([10002, 10023, 10047]);
/** The message id is being stored by another attempt. */
const IN_PROCESS = 10158;
/** Statuses below are decisions about the message, statuses from here on are troubles of the server. */
const SERVER_TROUBLE = 500;
const REFUSED = 400;
const FULL = /maximum (?:bytes|messages)(?: per subject)? exceeded/;

/** Reads an answer. */
export function appendAnswer({ data }: Pick<LinkMessage, 'data'>): AppendAnswer {
  const { seq = 0, duplicate = false, error } = answerIn(data);
  if (error === undefined)
    return seq >= 1
      ? { kind: 'stored', sequence: seq, isDuplicate: duplicate }
      : { kind: 'unknown', reason: 'an acknowledgement without a sequence' };
  const { code = SERVER_TROUBLE, err_code = 0, description = '' } = error;
  if (WRONG_LAST_SEQUENCE.has(err_code)) return { kind: 'unexpected', description };
  if (NO_STORAGE.has(err_code) || (err_code === STORE_FAILED && FULL.test(description)))
    return { kind: 'full', description };
  const isDecision = err_code !== IN_PROCESS && code >= REFUSED && code < SERVER_TROUBLE;
  return isDecision
    ? { kind: 'refused', code: err_code, description }
    : { kind: 'unknown', reason: `${err_code} ${description}` };
}

function answerIn(data: Uint8Array): Answer {
  try {
    const answer: unknown = JSON.parse(Buffer.from(data).toString());
    return typeof answer === 'object' && answer !== null ? answer : {};
  } catch {
    return {};
  }
}
