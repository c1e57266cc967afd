// The reading code: the one file that knows the source. It gives one record after the other; what it does not have to
// care for is when they are stored, how they are cut into blocks, and what happens when storing is slow.
//
//   return            the source is at its end: the receiver ends for good
//   throw             the source failed: the receiver starts anew after a delay that grows
//   context.signal    aborted when the receiver has to stop: give it to whatever waits
import { get as getHttp, type IncomingMessage } from 'node:http';
import { get as getHttps } from 'node:https';
import { LineCutter, type ReceiverContext } from '@millrace/core';
import type { SampleFeedOptions } from './sample-feed.options.ts';

/** One record: an object of the feed. */
export type SampleFeedRecord = Readonly<Record<string, unknown>>;

/** What reading may use. Time, chance and files come from here and from nowhere else. */
export type SourceContext = Pick<
  ReceiverContext<never>,
  'signal' | 'clock' | 'random' | 'storage' | 'log' | 'reportError'
>;

/** Reads a feed: an HTTP response that goes on for ever, one JSON object a line. */
export async function* readSource(
  { url, maxLineBytes }: SampleFeedOptions,
  context: SourceContext,
): AsyncGenerator<SampleFeedRecord> {
  const cutter = new LineCutter({ maxLineBytes });
  for await (const chunk of await open(url, context.signal)) {
    for (const piece of cutter.push(chunk)) {
      if (piece.kind === 'long-line') {
        context.reportError(`a line of the feed is longer than ${maxLineBytes} bytes; it was left out`);
      } else {
        yield* parse(piece.bytes, context);
      }
    }
  }
  throw new Error('the feed has ended');
}

function open(url: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
  const get = url.startsWith('https:') ? getHttps : getHttp;
  return new Promise((resolve, reject) => {
    const request = get(url, { agent: false, signal }, (response: IncomingMessage) => {
      if (response.statusCode === 200) return resolve(response);
      response.destroy();
      reject(new Error(`expected status 200 of the feed, got ${response.statusCode}`));
    });
    request.on('error', reject);
  });
}

function* parse(lines: Uint8Array, context: SourceContext): Generator<SampleFeedRecord> {
  for (const line of new TextDecoder().decode(lines).trimEnd().split('\n')) {
    const record = parseLine(line);
    if (record !== undefined) yield record;
    else context.reportError('a line of the feed is no JSON object; it was left out');
  }
}

function parseLine(line: string): SampleFeedRecord | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    // What is no JSON is reported by the caller, like any other line that is no record.
    return undefined;
  }
}
