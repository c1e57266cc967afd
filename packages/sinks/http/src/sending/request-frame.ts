// The parts of a request that are the same for every request of a sink: address, method, headers. Credentials are moved from
// the URL into a header, because `fetch` refuses them in a URL.
import type { HttpSinkOptions } from '../http-sink.options.ts';
import { CONTENT_TYPES } from '../records/request-bodies.ts';

/** The constant parts of a request. */
export interface RequestFrame {
  readonly url: string;
  /** The URL without credentials and parameters, for messages. */
  readonly place: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Texts that no message may repeat. */
  readonly secrets: readonly string[];
}

/** The frame according to the options. */
export function requestFrame(options: HttpSinkOptions): RequestFrame {
  const url = new URL(options.url);
  const urlUser = decodeURIComponent(url.username);
  const username = options.username ?? urlUser;
  const password = options.password ?? decodeURIComponent(url.password);
  url.username = '';
  url.password = '';
  const basic = username === '' ? undefined : Buffer.from(`${username}:${password}`).toString('base64');
  const authorization = options.token === undefined ? basic && `Basic ${basic}` : `Bearer ${options.token}`;
  const given = Object.entries(options.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
  return {
    url: url.href,
    place: `${url.origin}${url.pathname}`,
    method: options.method,
    headers: {
      'content-type': CONTENT_TYPES[options.format],
      ...(authorization === undefined ? {} : { authorization }),
      ...(Object.fromEntries(given) as Record<string, string>),
    },
    secrets: [
      options.url,
      url.search.slice(1),
      ...url.searchParams.values(),
      options.token,
      password,
      basic,
      ...Object.values(options.headers ?? {}),
    ].filter((secret): secret is string => secret !== undefined && secret !== ''),
  };
}
