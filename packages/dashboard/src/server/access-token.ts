// The token of a dashboard. Programs send the token in `Authorization`; a browser gives the token once in the address of the
// page and gets a cookie. The cookie is derived from the token, so that the cookie outlives a restart of the engine, ends
// with a change of the token, and does not show the token. Comparisons take a time that is independent of the content.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

const BEARER = /^Bearer +([\w.~+/-]+=*) *$/i;

/** The token of one dashboard. */
export class AccessToken {
  /** The name of the cookie: different for each token, because all ports of a host share their cookies. */
  readonly #cookieName: string;
  readonly #cookieValue: string;
  readonly #token: Buffer;
  readonly #cookie: Buffer;

  constructor(token: string) {
    this.#cookieName = `millrace-${derived(token, 'name').toString('hex').slice(0, 8)}`;
    this.#cookieValue = derived(token, 'session').toString('base64url');
    this.#token = digest(token);
    this.#cookie = digest(this.#cookieValue);
  }

  /** True when the text is the token. */
  matches(token: string): boolean {
    return timingSafeEqual(digest(token), this.#token);
  }

  /** True when the headers of a request carry the token, or the cookie of an earlier visit. */
  isIn(headers: {
    readonly authorization?: string | undefined;
    readonly cookie?: string | undefined;
  }): boolean {
    const shown = BEARER.exec(headers.authorization ?? '')?.[1];
    if (shown !== undefined) return this.matches(shown);
    const value = cookieOf(headers.cookie, this.#cookieName);
    return value !== undefined && timingSafeEqual(digest(value), this.#cookie);
  }

  /** The value of `Set-Cookie` for a browser that has shown the token. Ends with the browser session. */
  get setCookie(): string {
    return `${this.#cookieName}=${this.#cookieValue}; Path=/; HttpOnly; SameSite=Strict`;
  }
}

function cookieOf(header: string | undefined, name: string): string | undefined {
  for (const pair of (header ?? '').split(';')) {
    const [key, value] = pair.split('=', 2);
    if (key?.trim() === name) return value?.trim();
  }
  return undefined;
}

function derived(token: string, purpose: string): Buffer {
  return createHmac('sha256', token).update(`millrace dashboard: ${purpose}`).digest();
}

/** Digests are of one size, which the comparison needs. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
