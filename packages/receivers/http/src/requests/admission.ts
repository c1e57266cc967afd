// What can be told from the head of a request, before anything of its body is read: whether it is let in at all, and
// how its body is to be read. Pure: the head comes in, a decision goes out. The order is that of who asks: first where
// and how, then who, then what.
import type { IncomingHttpHeaders } from 'node:http';
import type { BodyParser } from '../bodies/payload.ts';
import type { BodyParsers } from '../bodies/body-parsers.ts';
import { httpError } from '../http-errors.ts';
import type { HttpOptions } from '../http.options.ts';
import { BearerTokens } from './bearer-tokens.ts';

const KEY = /^[\x21-\x7e]{1,255}$/;
const ENCODINGS = ['identity', 'gzip', 'deflate', 'br'] as const;

/** How a body is packed. */
export type ContentEncoding = (typeof ENCODINGS)[number];

/** The head of a request, as Node gives it. */
export interface RequestHead {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** A request whose body is to be read. */
export interface AdmittedPost {
  readonly kind: 'post';
  /** The media type of the body, in lower case, without parameters. */
  readonly type: string;
  readonly parse: BodyParser;
  readonly encoding: ContentEncoding;
  /** What the client says about the size of the body; undefined when it does not know. */
  readonly declaredBytes: number | undefined;
  /** The idempotency key with its sender, so that two senders cannot take each other's. */
  readonly key: string | undefined;
}

/** What a request wants, once it is let in. */
export type Admitted = AdmittedPost | { readonly kind: 'health' };

/** Decides over the heads of requests. */
export class Admission {
  readonly #options: HttpOptions;
  readonly #parsers: BodyParsers;
  readonly #tokens: BearerTokens;

  constructor(options: HttpOptions, parsers: BodyParsers) {
    this.#options = options;
    this.#parsers = parsers;
    this.#tokens = new BearerTokens(options.bearerTokens);
  }

  /** @throws the refusal, with a code that has a status. */
  admit({ method = '', url = '', headers }: RequestHead): Admitted {
    const [path] = url.split('?', 1);
    if (path === this.#options.healthPath) {
      assertMethod(method, ['GET', 'HEAD']);
      return { kind: 'health' };
    }
    if (path !== this.#options.path) {
      throw httpError('MR_HTTP_PATH_UNKNOWN', `expected the path ${this.#options.path}`);
    }
    assertMethod(method, ['POST']);
    return this.#admitPost(headers);
  }

  #admitPost(headers: IncomingHttpHeaders): AdmittedPost {
    const sender = this.#tokens.senderOf(headers.authorization);
    if (sender === undefined) {
      throw httpError('MR_HTTP_UNAUTHORIZED', 'expected an Authorization header with a valid bearer token');
    }
    const type = this.#typeOf(headers);
    const encoding = encodingOf(headers);
    const key = keyOf(headers);
    return {
      kind: 'post',
      ...type,
      encoding,
      declaredBytes: this.#declaredBytes(headers),
      key: key === undefined ? undefined : `${sender} ${key}`,
    };
  }

  #typeOf(headers: IncomingHttpHeaders): { readonly type: string; readonly parse: BodyParser } {
    const [type = '', ...parameters] = (headers['content-type'] ?? '').toLowerCase().split(';');
    const parse = this.#parsers.get(type.trim());
    if (parse !== undefined && parameters.every(isUtf8Parameter)) return { type: type.trim(), parse };
    const known = [...this.#parsers.keys()].join(', ');
    const message = `expected a Content-Type of ${known}, in UTF-8`;
    throw httpError('MR_HTTP_TYPE_UNSUPPORTED', message, { details: { 'Accept-Post': known } });
  }

  /** Refuses a body that is too large by its own account. */
  #declaredBytes(headers: IncomingHttpHeaders): number | undefined {
    const length = headers['content-length'];
    if (length === undefined) return undefined;
    const { maxBodyBytes } = this.#options;
    if (Number(length) > maxBodyBytes) throw bodyTooLarge(maxBodyBytes);
    return Number(length);
  }
}

/** The error of a body above its bound. */
export function bodyTooLarge(maxBodyBytes: number): Error {
  const message = `expected a body of at most ${maxBodyBytes} bytes (maxBodyBytes)`;
  return httpError('MR_HTTP_BODY_TOO_LARGE', message, { details: { maxBodyBytes } });
}

function assertMethod(method: string, allowed: readonly string[]): void {
  if (allowed.includes(method)) return;
  const details = { Allow: allowed.join(', ') };
  throw httpError('MR_HTTP_METHOD_REFUSED', `expected the method ${details.Allow}`, { details });
}

/** Parameters other than the charset say nothing that matters here. */
function isUtf8Parameter(parameter: string): boolean {
  const [name = '', value = ''] = parameter.split('=', 2).map((part) => part.trim());
  return name !== 'charset' || /^"?utf-?8"?$/.test(value);
}

function encodingOf(headers: IncomingHttpHeaders): ContentEncoding {
  const said = (headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  const encoding = ENCODINGS.find((known) => known === said);
  if (encoding !== undefined) return encoding;
  const known = ENCODINGS.slice(1).join(', ');
  const message = `expected a Content-Encoding of ${known}, one of them, or none`;
  throw httpError('MR_HTTP_TYPE_UNSUPPORTED', message, { details: { 'Accept-Encoding': known } });
}

function keyOf(headers: IncomingHttpHeaders): string | undefined {
  const key = headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key === 'string' && KEY.test(key)) return key;
  const message = 'expected an Idempotency-Key of 1 to 255 visible ASCII characters';
  throw httpError('MR_HTTP_MALFORMED_REQUEST', message);
}
