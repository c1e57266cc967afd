// Two destinations of a replay: a stream of text, for instance standard output, and a URL.
import type { Writable } from 'node:stream';
import { messageOf } from '@millrace/core';
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
 * Posts records as NDJSON, one request for each delivery; a delivery is done when the answer is a success (2xx).
 *
 * @throws (in a delivery) `MR_SINK_FILES_REPLAY_REFUSED` with the status or the reason. A secret in the URL is not repeated.
 */
export function deliverToUrl(url: string | URL, options: DeliverToUrlOptions = {}): DeliverRecords {
  const target = new URL(url);
  const place = `${target.origin}${target.pathname}`;
  const { headers = {}, timeoutMs = 30_000, fetch: send = fetch } = options;
  return async (records) => {
    let response: Response;
    try {
      response = await send(target, {
        method: 'POST',
        headers: { 'content-type': 'application/x-ndjson', ...headers },
        body: records.map((record) => `${record}\n`).join(''),
        signal: AbortSignal.timeout(timeoutMs),
      });
    } catch (cause) {
      throw refused(`could not be reached: ${messageOf(cause)}`, place, cause);
    }
    const answer = (await response.text()).slice(0, ANSWER_CHARACTERS_MAX);
    if (!response.ok) throw refused(`answered ${response.status} ${JSON.stringify(answer)}`, place);
  };
}

function refused(what: string, place: string, cause?: unknown): Error {
  const message = `expected ${place} to take the records, but it ${what}; the records are not marked as replayed`;
  return filesSinkError('MR_SINK_FILES_REPLAY_REFUSED', message, {
    details: { place },
    ...(cause === undefined ? {} : { cause }),
  });
}
