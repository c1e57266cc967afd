// The checks of every request, in the order of their cost: method, length of the URL, Host, site, token.
import type { IncomingMessage } from 'node:http';
import type { DashboardOptions } from '../dashboard.options.ts';
import { dashboardError } from '../dashboard-errors.ts';
import { AccessToken } from './access-token.ts';
import { HostNames } from './host-names.ts';

/** The longest URL, in characters. */
export const URL_LENGTH_MAX = 2_048;

/** The parts of a request that count. */
export interface Target {
  /** The path without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** False for a request without the token that may see the status of health alone. */
  readonly isTrusted: boolean;
  /** The cookie for a browser that has just shown the token in the address of the page. */
  readonly setCookie?: string;
}

/** Checks requests of one dashboard. */
export class RequestGuard {
  readonly #hosts: HostNames;
  readonly #token: AccessToken | undefined;
  readonly #openHealth: boolean;

  constructor({ host, allowedHosts, token, openHealth }: DashboardOptions) {
    this.#hosts = new HostNames({ host, allowedHosts });
    this.#token = token === undefined ? undefined : new AccessToken(token);
    this.#openHealth = openHealth;
  }

  /** True when requests need a token. */
  get needsToken(): boolean {
    return this.#token !== undefined;
  }

  /** Returns the target of a request that may be answered. @throws the reason for a refusal. */
  check(request: IncomingMessage): Target {
    const { method, url = '', headers } = request;
    if (method !== 'GET' && method !== 'HEAD') {
      throw dashboardError(
        'MR_DASHBOARD_METHOD_REFUSED',
        'expected GET or HEAD: the dashboard can only be read',
      );
    }
    if (url.length > URL_LENGTH_MAX) {
      throw dashboardError(
        'MR_DASHBOARD_URL_TOO_LONG',
        `expected a URL of at most ${URL_LENGTH_MAX} characters`,
      );
    }
    if (!this.#hosts.accepts(headers.host)) {
      const message =
        'expected a Host that names this machine, or one of allowedHosts; add the host name of a proxy to allowedHosts';
      throw dashboardError('MR_DASHBOARD_HOST_REFUSED', message);
    }
    const { path, query } = targetOf(url);
    if (isOfAnotherSite(headers, path)) {
      throw dashboardError(
        'MR_DASHBOARD_SITE_REFUSED',
        'expected a request of the page of the dashboard itself',
      );
    }
    return { path, query, ...this.#trust(request, path, query) };
  }

  #trust(
    { headers }: IncomingMessage,
    path: string,
    query: URLSearchParams,
  ): Pick<Target, 'isTrusted' | 'setCookie'> {
    const token = this.#token;
    if (token === undefined) return { isTrusted: true };
    const shown = path === '/' ? query.get('token') : null;
    if (shown !== null && token.matches(shown)) return { isTrusted: true, setCookie: token.setCookie };
    if (shown === null && token.isIn(headers)) return { isTrusted: true };
    if (this.#openHealth && (path === '/healthz' || path === '/readyz')) return { isTrusted: false };
    const message =
      'expected the token of the dashboard: in the header Authorization as Bearer, or once in the address of the page as ?token=';
    throw dashboardError('MR_DASHBOARD_UNAUTHORIZED', message);
  }
}

function targetOf(url: string): { readonly path: string; readonly query: URLSearchParams } {
  const at = url.indexOf('?');
  return at === -1
    ? { path: url, query: new URLSearchParams() }
    : { path: url.slice(0, at), query: new URLSearchParams(url.slice(at + 1)) };
}

/** Browsers tell which site asks. Another site may link to the page, and may load nothing. */
function isOfAnotherSite(headers: IncomingMessage['headers'], path: string): boolean {
  const site = headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return false;
  return !(
    path === '/' &&
    headers['sec-fetch-mode'] === 'navigate' &&
    headers['sec-fetch-dest'] === 'document'
  );
}
