// Protection against web pages. A browser lets any page send requests to any address and names the page in `Origin`. With DNS
// rebinding, a page points its own host name at this machine and becomes same-origin. On loopback the guard therefore also
// checks the Host: a name that a stranger can own in the public DNS is refused.
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { httpError } from '../http-errors.ts';
import type { HttpOptions } from '../http.options.ts';

/** Endings that no public registry gives out: RFC 6761, RFC 8375, and the private-use name of ICANN. */
const PRIVATE_ENDINGS = ['localhost', 'test', 'invalid', 'home.arpa', 'internal'] as const;

const HOST_AND_PORT = /^(\[[\da-f:.]+\]|[^\s@:[\]]*)(?::\d*)?$/i;

/** Options of a `SiteGuard`. */
export type SiteGuardOptions = Pick<HttpOptions, 'allowedOrigins' | 'allowedHosts'>;

/** Checks the origin and the host of requests. */
export class SiteGuard {
  readonly #origins: ReadonlySet<string>;
  readonly #hosts: ReadonlySet<string>;
  /** The last accepted Host. Most clients send the same one. */
  #knownHost: string | undefined;

  constructor({ allowedOrigins, allowedHosts }: SiteGuardOptions) {
    this.#origins = new Set(allowedOrigins.map((origin) => origin.toLowerCase()));
    this.#hosts = new Set(allowedHosts.map((host) => host.toLowerCase()));
  }

  /**
   * Returns the origin of an allowed page; undefined for a client that is no page.
   *
   * @throws `MR_HTTP_ORIGIN_REFUSED`.
   */
  originOf({ origin }: IncomingHttpHeaders): string | undefined {
    if (origin === undefined || this.#origins.has(origin.toLowerCase())) return origin;
    const message =
      'expected no Origin, or one of allowedOrigins: this receiver accepts no records from other web pages';
    throw httpError('MR_HTTP_ORIGIN_REFUSED', message);
  }

  /**
   * Checks the host of a request on loopback.
   *
   * @throws `MR_HTTP_HOST_REFUSED`.
   */
  assertHost(host: string | undefined): void {
    if (host === undefined || host === this.#knownHost) return;
    const name = HOST_AND_PORT.exec(host)?.[1]?.toLowerCase().replace(/\.$/, '');
    if (name === undefined || (isNameOfStrangers(name) && !this.#hosts.has(name))) {
      const message =
        'expected a Host that names this machine, or one of allowedHosts; add the host name of a local proxy to allowedHosts';
      throw httpError('MR_HTTP_HOST_REFUSED', message);
    }
    this.#knownHost = host;
  }
}

/** True for a public DNS name: it has a dot, is no address, and has no private ending. */
function isNameOfStrangers(name: string): boolean {
  if (!name.includes('.') || name.startsWith('[') || isIP(name) !== 0) return false;
  return !PRIVATE_ENDINGS.some((ending) => name.endsWith(`.${ending}`));
}
