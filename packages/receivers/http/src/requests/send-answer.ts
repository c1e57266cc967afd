// Sends an answer so that the answer arrives. A client that is still sending at its refusal would not read an answer
// that comes together with a closed connection: unread bytes make the operating system reset the connection. The
// client's bytes are therefore discarded for a moment: before the answer if the connection can then be kept for the
// next request, else after the answer. A client that does not read its answers loses its connection.
import type { Clock, Timer } from '@millrace/core';
import type { Exchange } from './exchange.ts';
import type { HttpAnswer } from './refusal.ts';

/** The time for which a refused client may continue to send. */
const LINGER_MS = 1_000;

/** A refused body up to this size is discarded before the answer. */
const SMALL_BODY_BYTES = 65_536;

/** Parameters of sending besides the answer. */
export interface SendingDeps {
  readonly clock: Clock;
  /** True when this is the last answer on its connection in any case. */
  readonly isLast: boolean;
  /** Time for the client to read its answer, in milliseconds; enforced within twice that time. */
  readonly sendTimeoutMs: number;
  /** Aborted when no time is left for clients that are still sending. */
  readonly signal: AbortSignal;
}

/** Sends an answer, if the client is still connected. Resolves when the operating system has the answer. */
export async function sendAnswer(exchange: Exchange, answer: HttpAnswer, deps: SendingDeps): Promise<void> {
  const { request, response, gone } = exchange;
  if (!request.complete && isWorthWaiting(exchange, deps)) await discarded(exchange, deps);
  if (gone.aborted) return;
  const text = answer.body === undefined ? '' : `${JSON.stringify(answer.body)}\n`;
  const isLast = deps.isLast || !request.complete;
  response.writeHead(answer.status, {
    ...(text === '' ? {} : { 'Content-Type': answer.contentType, 'Content-Length': Buffer.byteLength(text) }),
    'Cache-Control': 'no-store',
    ...(isLast ? { Connection: 'close' } : {}),
    ...answer.headers,
  });
  response.write(text);
  if (!request.complete) await discarded(exchange, deps);
  const sent = whenSent(exchange);
  const endLimit = limitReading(exchange, deps);
  response.end();
  await sent;
  endLimit();
}

/**
 * Closes the connection of a client that does not read its answer. The time of an answer begins when all earlier answers on
 * the connection are sent. Node emits no event for that moment, so a timer looks at the response.
 *
 * @returns a function that ends the limit.
 */
function limitReading({ response }: Exchange, { clock, sendTimeoutMs }: SendingDeps): () => void {
  const begin = (hasTurn: boolean): Timer =>
    clock.after(sendTimeoutMs, () => {
      if (hasTurn) response.destroy();
      else timer = begin(response.socket !== null);
    });
  let timer = begin(response.socket !== null);
  return () => timer.cancel();
}

/** True when the connection can be kept, and the rest of the body will not take long. */
function isWorthWaiting({ request, awaitsContinue }: Exchange, { isLast }: SendingDeps): boolean {
  return (
    !isLast && !awaitsContinue && Number(request.headers['content-length'] ?? Infinity) <= SMALL_BODY_BYTES
  );
}

/** Discards the rest of the body until its end, the end of the connection, or the end of the time. */
async function discarded(exchange: Exchange, { clock, signal }: SendingDeps): Promise<void> {
  const { request, gone, broken } = exchange;
  const over = Promise.withResolvers<void>();
  const end = (): void => over.resolve();
  const enough = AbortSignal.any([signal, gone, broken]);
  const timer = clock.after(LINGER_MS, end);
  enough.addEventListener('abort', end, { once: true });
  request.once('end', end);
  exchange.discard();
  if (enough.aborted) end();
  await over.promise;
  timer.cancel();
  enough.removeEventListener('abort', end);
  request.off('end', end);
}

function whenSent({ response, gone }: Exchange): Promise<void> {
  return new Promise((resolve) => {
    response.once('finish', resolve);
    gone.addEventListener('abort', () => resolve(), { once: true });
    if (gone.aborted) resolve();
  });
}
