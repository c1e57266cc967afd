// A message of a stream in the two forms in which servers send one: inside an answer in JSON, and delivered by a consumer.
import type { NatsHeaders, LinkMessage } from '../link/nats-link.ts';
import type { StoredMessage } from './stream-shapes.ts';

/** A message inside of an answer. */
export interface StoredJson {
  readonly subject: string;
  readonly seq: number;
  /** Base64; absent: empty. */
  readonly data?: string;
  /** The block of headers, base64; absent: none. */
  readonly hdrs?: string;
}

/** Reads a message inside of an answer. */
export function storedMessage({ subject, seq, data = '', hdrs }: StoredJson): StoredMessage {
  return {
    subject,
    sequence: seq,
    data: Buffer.from(data, 'base64'),
    headers: hdrs === undefined ? {} : parsedHeaders(Buffer.from(hdrs, 'base64').toString()),
  };
}

/**
 * The place of the stream's sequence in the reply subject of a delivery:
 * `$JS.ACK.stream.consumer.delivered.sequence.…`, or with domain and account in front of the stream.
 */
const SHORT = { tokens: 9, sequence: 5 };
const LONG_SEQUENCE = 7;

/** Reads a delivery of a consumer; undefined for any other message. */
export function deliveredMessage({ subject, data, reply, headers }: LinkMessage): StoredMessage | undefined {
  const tokens = reply?.split('.') ?? [];
  if (tokens[0] !== '$JS' || tokens[1] !== 'ACK') return undefined;
  const sequence = Number(tokens[tokens.length === SHORT.tokens ? SHORT.sequence : LONG_SEQUENCE]);
  return { subject, sequence, data, headers: headers ?? {} };
}

/** Parses `NATS/1.0` and lines of `name: value`. */
function parsedHeaders(block: string): NatsHeaders {
  const lines = block.split('\r\n').slice(1);
  const entries = lines.flatMap((line) => {
    const at = line.indexOf(':');
    return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1).trim()] as const];
  });
  return Object.fromEntries(entries);
}
