// The reading code, the only file with knowledge of the source: yields one record after the other. The engine stores the
// records, cuts the records into blocks and applies back-pressure when storing is slow.
//
//   return            the source is at its end: the receiver ends for good
//   throw             the source failed: the receiver restarts after a delay that grows
//   context.signal    aborted when the receiver has to stop: pass the signal to everything that waits
import { get as getHttp, type IncomingMessage } from 'node:http';
import { get as getHttps } from 'node:https';
import { LineFramer, type ReceiverContext } from '@millrace/core';
import type { SampleFeedOptions } from './sample-feed.options.ts';

/** One record: an object of the feed. */
export type SampleFeedRecord = Readonly<Record<string, unknown>>;

/** The context of reading, the only access to time, chance and files. */
export type SourceContext = Pick<
  ReceiverContext<never>,
  'signal' | 'clock' | 'random' | 'storage' | 'log' | 'reportError'
>;

/** Reads a feed: an HTTP response that goes on for ever, one JSON object a line. */
export async function* readSource(
  { url, maxLineBytes }: SampleFeedOptions,
  context: SourceContext,
): AsyncGenerator<SampleFeedRecord> {
  const cutter = new LineFramer({ maxLineBytes });
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
    // Invalid JSON: reported by the caller, like any other malformed line.
    return undefined;
  }
}
