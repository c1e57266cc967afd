// Two destinations of a replay: a stream of text, for instance standard output, and a URL.
import { validateHeaderValue } from 'node:http';
import type { Writable } from 'node:stream';
import { isMillraceError, messageOf } from '@millrace/core';
import { filesSinkError } from '../files-sink-errors.ts';
import type { DeliverRecords } from './replay-dead-letters.ts';

/** The most characters of an answer in a message. */
const ANSWER_CHARACTERS_MAX = 500;

/** Writes records as lines of JSON (NDJSON); a delivery is done when the stream has taken the lines. */
export function deliverToStream(stream: Writable): DeliverRecords {
  return (records) =>
    new Promise((resolve, reject) => {
      const text = records.map((record) => `${record}\n`).join('');
      stream.write(text, (error) => {
        if (error === null || error === undefined) resolve();
        else reject(error);
      });
    });
}

/** Options of `deliverToUrl`. */
export interface DeliverToUrlOptions {
  /** Further headers. Default: only the type of the content. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The longest wait for the answer to one delivery, in milliseconds. Default 30,000. */
  readonly timeoutMs?: number;
  /** Default: the `fetch` of Node. */
  readonly fetch?: typeof fetch;
}

/**
 * Posts records as NDJSON, one request for each delivery; a delivery is done when the answer is a success (2xx). A redirection
 * is no success, because the request that follows may have no records. User and password in the URL become the header
 * `authorization`.
 *
 * @throws TypeError for a header that HTTP cannot send. In a delivery `MR_SINK_FILES_REPLAY_REFUSED` with the status or the
 *   reason. A secret in the URL or in a header is not repeated.
 */
export function deliverToUrl(url: string | URL, options: DeliverToUrlOptions = {}): DeliverRecords {
  const target = new URL(url);
  const place = `${target.origin}${target.pathname}`;
  const { timeoutMs = 30_000, fetch: send = fetch } = options;
  const headers = headersOf(target, options.headers);
  target.username = '';
  target.password = '';
  return async (records) => {
    try {
      const response = await send(target, {
        method: 'POST',
        headers,
        body: records.map((record) => `${record}\n`).join(''),
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
      });
      if (response.ok) {
        // The records have arrived, whatever becomes of the text of the answer.
        await response.body?.cancel().catch(() => undefined);
        return;
      }
      const answer = (await response.text()).slice(0, ANSWER_CHARACTERS_MAX);
      throw refused(`answered ${response.status} ${JSON.stringify(answer)}`, place);
    } catch (cause) {
      if (isMillraceError(cause)) throw cause;
      throw refused(`could not be reached: ${messageOf(cause)}`, place, cause);
    }
  };
}

function headersOf({ username, password }: URL, given: Readonly<Record<string, string>> = {}): Headers {
  // The check of `Headers` would repeat a wrong value, which may be a secret.
  for (const [name, value] of Object.entries(given)) validateHeaderValue(name, value.trim());
  const headers = new Headers({ 'content-type': 'application/x-ndjson' });
  if (username !== '' || password !== '') {
    const user = [username, password].map((part) => decodeURIComponent(part)).join(':');
    headers.set('authorization', `Basic ${Buffer.from(user).toString('base64')}`);
  }
  for (const [name, value] of Object.entries(given)) headers.set(name, value);
  return headers;
}

function refused(what: string, place: string, cause?: unknown): Error {
  const message = `expected ${place} to take the records, but it ${what}; the records are not marked as replayed`;
  return filesSinkError('MR_SINK_FILES_REPLAY_REFUSED', message, {
    details: { place },
    ...(cause === undefined ? {} : { cause }),
  });
}
