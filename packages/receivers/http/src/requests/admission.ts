// Decisions on the head of a request, before the body is read: whether the request is let in, and how the body is read. The
// class is pure. Checks run in this order: target, host and method, then the token, then the headers of the body.
import type { IncomingHttpHeaders } from 'node:http';
import type { BodyParser } from '../bodies/payload.ts';
import type { BodyParsers } from '../bodies/body-parsers.ts';
import { httpError } from '../http-errors.ts';
import type { HttpSettings } from '../http-settings.ts';
import { BearerTokens } from './bearer-tokens.ts';
import { mediaType } from './media-type.ts';
import { comparablePath, requestTarget } from './request-target.ts';
import { SiteGuard } from './site-guard.ts';

/** Headers of which Node gives the first value alone when a request has several. */
const SINGLE_HEADERS: ReadonlySet<string> = new Set(['host', 'content-type', 'authorization', 'origin']);

const KEY = /^[\x21-\x7e]{1,255}$/;
const ENCODINGS = ['identity', 'gzip', 'deflate', 'br'] as const;

/** `x-gzip` is an old name (RFC 9110, section 8.4.1.3). */
const OLD_NAMES: Readonly<Record<string, string>> = { 'x-gzip': 'gzip' };

const RECORD_METHODS = ['POST', 'OPTIONS'] as const;
const HEALTH_METHODS = ['GET', 'HEAD', 'OPTIONS'] as const;

/** The compression of a body. */
export type ContentEncoding = (typeof ENCODINGS)[number];

/** The head of a request, as Node gives it. */
export interface RequestHead {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
  /** Names and values alternating, as received. */
  readonly rawHeaders?: readonly string[];
}

/** A request whose body is to be read. */
export interface AdmittedPost {
  readonly kind: 'post';
  /** The media type of the body, in lower case, without parameters. */
  readonly type: string;
  readonly parse: BodyParser;
  readonly encoding: ContentEncoding;
  /** The announced size of the body; undefined without an announcement. */
  readonly declaredBytes: number | undefined;
  /** The idempotency key with its sender, so that two senders cannot use each other's keys. */
  readonly key: string | undefined;
}

/** An admitted request. */
export type Admitted =
  | AdmittedPost
  | { readonly kind: 'health' }
  /** An OPTIONS request. */
  | { readonly kind: 'options'; readonly allow: readonly string[] };

/** The place at which a request arrived. */
export interface AdmissionPlace {
  /** True on the listener that only answers the health path. */
  readonly isHealthOnly: boolean;
  /** True when only this machine can connect. */
  readonly isLoopback: boolean;
}

/** Decides over the heads of requests. */
export class Admission {
  readonly #options: HttpSettings;
  readonly #parsers: BodyParsers;
  readonly #tokens: BearerTokens;
  readonly #guard: SiteGuard;
  readonly #path: string;
  readonly #healthPath: string | undefined;

  constructor(options: HttpSettings, parsers: BodyParsers) {
    const { path, healthPath } = options;
    this.#options = options;
    this.#parsers = parsers;
    this.#tokens = new BearerTokens(options.bearerTokens);
    this.#guard = new SiteGuard(options);
    this.#path = comparablePath(path, 'utf8');
    this.#healthPath = healthPath === undefined ? undefined : comparablePath(healthPath, 'utf8');
  }

  /** Returns the origin of an allowed page; undefined for a client that is no page. @throws the refusal. */
  originOf(headers: IncomingHttpHeaders): string | undefined {
    return this.#guard.originOf(headers);
  }

  /** @throws the refusal, with a code that has a status. */
  admit(
    { method = '', url = '', headers, rawHeaders = [] }: RequestHead,
    { isHealthOnly, isLoopback }: AdmissionPlace,
  ): Admitted {
    assertSingle(rawHeaders);
    assertFraming(headers);
    const target = requestTarget(url, method);
    if (target === undefined) {
      throw httpError(
        'MR_HTTP_MALFORMED_REQUEST',
        'expected a path, or an absolute URI of http, as the target',
      );
    }
    if (isLoopback) this.#guard.assertHost(target.authority ?? headers.host);
    const allow = this.#methodsOf(target.path, isHealthOnly);
    assertMethod(method, allow);
    if (method === 'OPTIONS') return { kind: 'options', allow };
    return allow === HEALTH_METHODS ? { kind: 'health' } : this.#admitPost(headers);
  }

  #methodsOf(path: string, isHealthOnly: boolean): readonly string[] {
    if (path === this.#healthPath) return HEALTH_METHODS;
    if (path === '*')
      return isHealthOnly ? HEALTH_METHODS : [...RECORD_METHODS, ...HEALTH_METHODS.slice(0, 2)];
    if (!isHealthOnly && path === this.#path) return RECORD_METHODS;
    const expected = isHealthOnly ? this.#options.healthPath : this.#options.path;
    throw httpError('MR_HTTP_PATH_UNKNOWN', `expected the path ${expected}`);
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
    const said = mediaType(headers['content-type'] ?? '');
    const parse = said?.isUtf8 === true ? this.#parsers.for(said.type) : undefined;
    if (said !== undefined && parse !== undefined) return { type: said.type, parse };
    const known = this.#parsers.types.join(', ');
    const message = `expected a Content-Type of ${known}, in UTF-8`;
    throw httpError('MR_HTTP_TYPE_UNSUPPORTED', message, { details: { 'Accept-Post': known } });
  }

  /** Refuses a body that is too large by its announced size. */
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

/** Another program on the way may have read the other value (RFC 9112, section 3.2; RFC 9110, section 5.3). */
function assertSingle(rawHeaders: readonly string[]): void {
  const seen = new Set<string>();
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]?.toLowerCase() ?? '';
    if (!SINGLE_HEADERS.has(name)) continue;
    if (seen.has(name))
      throw httpError('MR_HTTP_MALFORMED_REQUEST', `expected one header ${name}, got several`);
    seen.add(name);
  }
}

/** Node takes the chunks off and leaves any other coding on the body (RFC 9112, section 6.1). */
function assertFraming(headers: IncomingHttpHeaders): void {
  const coding = headers['transfer-encoding'];
  if (coding === undefined || coding.trim().toLowerCase() === 'chunked') return;
  throw httpError(
    'MR_HTTP_MALFORMED_REQUEST',
    'expected a Transfer-Encoding of chunked alone; pack bodies with Content-Encoding',
  );
}

function assertMethod(method: string, allowed: readonly string[]): void {
  if (allowed.includes(method)) return;
  const details = { Allow: allowed.join(', ') };
  throw httpError('MR_HTTP_METHOD_REFUSED', `expected the method ${details.Allow}`, { details });
}

function encodingOf(headers: IncomingHttpHeaders): ContentEncoding {
  const said = (headers['content-encoding'] ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity');
  const [name = 'identity'] = said;
  const encoding = ENCODINGS.find((known) => known === (OLD_NAMES[name] ?? name));
  if (encoding !== undefined && said.length <= 1) return encoding;
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
