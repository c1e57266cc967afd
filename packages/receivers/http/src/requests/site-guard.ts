// Keeps web pages out. A browser lets any page send requests to any address, and says in `Origin` which page sends. A page
// whose name is pointed at this machine (DNS rebinding) is of the same origin for the browser, so on loopback the name in
// the Host counts too: a name that a stranger can own in the public DNS is refused.
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { httpError } from '../http-errors.ts';
import type { HttpOptions } from '../http.options.ts';

/** Nobody gets these from a public registry: RFC 6761, RFC 8375, and what ICANN keeps for private use. */
const PRIVATE_ENDINGS = ['localhost', 'test', 'invalid', 'home.arpa', 'internal'] as const;

const HOST_AND_PORT = /^(\[[\da-f:.]+\]|[^\s@:[\]]*)(?::\d*)?$/i;

/** What a `SiteGuard` takes. */
export type SiteGuardOptions = Pick<HttpOptions, 'allowedOrigins' | 'allowedHosts'>;

/** Decides whether a request may come from where it comes. */
export class SiteGuard {
  readonly #origins: ReadonlySet<string>;
  readonly #hosts: ReadonlySet<string>;
  /** The Host that was last found in order: most clients send the same. */
  #knownHost: string | undefined;

  constructor({ allowedOrigins, allowedHosts }: SiteGuardOptions) {
    this.#origins = new Set(allowedOrigins.map((origin) => origin.toLowerCase()));
    this.#hosts = new Set(allowedHosts.map((host) => host.toLowerCase()));
  }

  /**
   * The origin of the page that sends, where it is an allowed one; undefined where no page sends.
   *
   * @throws `MR_HTTP_ORIGIN_REFUSED`.
   */
  originOf({ origin }: IncomingHttpHeaders): string | undefined {
    if (origin === undefined || this.#origins.has(origin.toLowerCase())) return origin;
    const message =
      'expected no Origin, or one of allowedOrigins: this receiver takes no records from web pages unless told to';
    throw httpError('MR_HTTP_ORIGIN_REFUSED', message);
  }

  /**
   * Checks the host that a request on loopback is for.
   *
   * @throws `MR_HTTP_HOST_REFUSED`.
   */
  assertHost(host: string | undefined): void {
    if (host === undefined || host === this.#knownHost) return;
    const name = HOST_AND_PORT.exec(host)?.[1]?.toLowerCase().replace(/\.$/, '');
    if (name === undefined || (isNameOfStrangers(name) && !this.#hosts.has(name))) {
      const message =
        'expected a Host that names this machine, or one of allowedHosts; a proxy on this machine has its own name there';
      throw httpError('MR_HTTP_HOST_REFUSED', message);
    }
    this.#knownHost = host;
  }
}

/** Whether a name can be had by anybody: it has a dot, is no address, and ends in no name kept for private use. */
function isNameOfStrangers(name: string): boolean {
  if (!name.includes('.') || name.startsWith('[') || isIP(name) !== 0) return false;
  return !PRIVATE_ENDINGS.some((ending) => name.endsWith(`.${ending}`));
}
