// The options of `httpSink`.
import { validateHeaderName, validateHeaderValue } from 'node:http';
import {
  filledText,
  isOptions,
  type Mismatch,
  oneOf,
  option,
  type OptionTable,
  required,
  schemaByTable,
  wholeNumberWithin,
} from '@millrace/core/engine';

/** The options with every default filled in. */
export interface HttpSinkOptions {
  /**
   * The address that takes the records, `http://` or `https://`. User and password in the URL are sent as credentials of the
   * scheme Basic. Secret.
   */
  readonly url: string;
  /** The method of every request. */
  readonly method: 'POST' | 'PUT' | 'PATCH';
  /** The body of a request: `ndjson` is one JSON value a line, `json` is one array. */
  readonly format: 'ndjson' | 'json';
  /** Further headers of every request, by name. Secret. Default: none. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Sent as `Authorization: Bearer …`. Secret. Default: none. */
  readonly token?: string | undefined;
  /** The user for the scheme Basic, in place of a user in the URL. Default: none. */
  readonly username?: string | undefined;
  /** The password of the user. Secret. Default: none. */
  readonly password?: string | undefined;
  /**
   * The claim of the sink. `effectively-once` is for a server that keeps the keys, and then a partition without records is a
   * request as well.
   */
  readonly delivery: 'at-least-once' | 'effectively-once';
  /** The largest number of records in a request. */
  readonly maxRecordsPerRequest: number;
  /** The largest body of a request, in bytes; a single longer record is sent alone. */
  readonly maxBytesPerRequest: number;
  /**
   * The size of a partition, in bytes, up to which all records are converted before the first request: a record that cannot be
   * sent then leaves nothing at the server.
   */
  readonly bytesInMemory: number;
  /** The largest number of attempts to send a request, before the write is rejected. */
  readonly attempts: number;
  /** The delay before the second attempt, in milliseconds; doubled before each further one. */
  readonly retryDelayMs: number;
  /** The longest of these delays, in milliseconds. */
  readonly retryDelayMaxMs: number;
  /** The longest `Retry-After` that the sink waits for, in milliseconds. A longer one rejects the write at once. */
  readonly retryAfterMaxMs: number;
  /** The longest time for one request and its answer, in milliseconds. */
  readonly requestTimeoutMs: number;
}

/** The options as an application writes them. */
export type HttpSinkInput = Pick<HttpSinkOptions, 'url'> & Partial<HttpSinkOptions>;

/** Options whose values are never printed. */
export const HTTP_SINK_SECRETS = ['url', 'headers', 'token', 'password'] as const;

/** Headers that the sink itself sets, or that HTTP needs for its own purposes. */
const RESERVED_HEADERS: ReadonlySet<string> = new Set([
  'idempotency-key',
  'millrace-batch',
  'millrace-division',
  'content-length',
  'transfer-encoding',
  'connection',
  'host',
  'expect',
]);
const HEADERS_MAX = 100;
const HOUR_MS = 3_600_000;
const MEBIBYTE = 1_048_576;

/** The rules of the options. */
export const HTTP_SINK_RULES: OptionTable<HttpSinkOptions> = {
  url: required(option('a URL that begins with http:// or https://, without #', isHttpUrl)),
  method: oneOf(['POST', 'PUT', 'PATCH'], 'POST'),
  format: oneOf(['ndjson', 'json'], 'ndjson'),
  headers: option<Readonly<Record<string, string>>>(
    'an object of headers that HTTP can send, without Idempotency-Key, Millrace-… and headers of the connection',
    isHeaders,
  ),
  token: option('a token of visible ASCII characters', isToken),
  username: filledText('a name'),
  password: filledText('a text'),
  delivery: oneOf(['at-least-once', 'effectively-once'], 'at-least-once'),
  maxRecordsPerRequest: wholeNumberWithin(1, 1_000_000, 1_000),
  maxBytesPerRequest: wholeNumberWithin(1, 64 * MEBIBYTE, MEBIBYTE),
  bytesInMemory: wholeNumberWithin(0, 256 * MEBIBYTE, 8 * MEBIBYTE),
  attempts: wholeNumberWithin(1, 100, 5),
  retryDelayMs: wholeNumberWithin(1, HOUR_MS, 200),
  retryDelayMaxMs: wholeNumberWithin(1, HOUR_MS, 10_000),
  retryAfterMaxMs: wholeNumberWithin(0, HOUR_MS, 60_000),
  requestTimeoutMs: wholeNumberWithin(1, HOUR_MS, 30_000),
};

/** Describes the options of `httpSink`. */
export const httpSinkOptions = schemaByTable<HttpSinkInput, HttpSinkOptions>(HTTP_SINK_RULES, mismatches);

function mismatches(options: HttpSinkOptions): readonly Mismatch<HttpSinkOptions>[] {
  const { token, username, password, headers = {}, retryDelayMs, retryDelayMaxMs } = options;
  const { username: user } = new URL(options.url);
  const found: Mismatch<HttpSinkOptions>[] = [];
  const hasHeader = Object.keys(headers).some((name) => name.toLowerCase() === 'authorization');
  const ways = [token !== undefined, username !== undefined, user !== '', hasHeader];
  if (ways.filter(Boolean).length > 1)
    found.push({
      name: token === undefined ? 'username' : 'token',
      expected: 'one way to sign in only: token, username, a user in the URL, or the header authorization',
    });
  if (password !== undefined && username === undefined)
    found.push({ name: 'password', expected: 'a username beside password' });
  if (retryDelayMs > retryDelayMaxMs)
    found.push({ name: 'retryDelayMs', expected: 'at most retryDelayMaxMs' });
  return found;
}

function isHttpUrl(value: unknown): boolean {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const { protocol, hostname, hash, username, password } = new URL(value);
  return (
    (protocol === 'http:' || protocol === 'https:') &&
    hostname !== '' &&
    hash === '' &&
    [username, password].every(isDecodable)
  );
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function isToken(value: unknown): boolean {
  return typeof value === 'string' && /^[\x21-\x7e]+$/.test(value);
}

function isHeaders(value: unknown): boolean {
  if (!isOptions(value)) return false;
  const entries = Object.entries(value);
  const names = entries.map(([name]) => name.toLowerCase());
  return (
    entries.length <= HEADERS_MAX &&
    new Set(names).size === names.length &&
    !names.some((name) => RESERVED_HEADERS.has(name)) &&
    entries.every(([name, text]) => isHeader(name, text))
  );
}

function isHeader(name: string, value: unknown): boolean {
  if (typeof value !== 'string') return false;
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    // The check of `fetch` is stricter than the one of `node:http`.
    return new Headers([[name, value]]).has(name);
  } catch {
    return false;
  }
}
