// The options of a connection to a ClickHouse server, over its HTTP interface.
import {
  CLIENT_TLS_RULE,
  type ClientTlsOptions,
  filledText,
  isServerUrl,
  type Mismatch,
  option,
  type OptionTable,
  serverText,
  serverUrlParts,
  urlMismatches,
  wholeNumberWithin,
} from '@millrace/core/engine';

/** The connection to a server: `url`, or `host` and its companions. */
export interface ClickhouseConnectionOptions {
  /**
   * `http://user:password@host:port/database` or `https://…`, without parameters, in place of `host`, `port`, `database`,
   * `username` and `password`. Secret.
   */
  readonly url?: string | undefined;
  /** Name or address of the server. This option or `url` is required. */
  readonly host?: string | undefined;
  /** The port of the HTTP interface. Default: 8123, with `tls` 8443. */
  readonly port?: number | undefined;
  /** The database. Default: `default`. */
  readonly database?: string | undefined;
  /** The user. Default: `default`. */
  readonly username?: string | undefined;
  /** The password of the user. Secret. Default: none. */
  readonly password?: string | undefined;
  /** TLS; `{}` trusts the certificates that Node trusts. Default: plain HTTP, or TLS with the defaults for `https://`. */
  readonly tls?: ClientTlsOptions | undefined;
  /** The longest time for one statement, in milliseconds. */
  readonly requestTimeoutMs: number;
}

/** The options of a connection as an application writes them. */
export type ClickhouseConnectionInput = Partial<ClickhouseConnectionOptions>;

/** Options whose values are never printed. */
export const CONNECTION_SECRETS = ['url', 'password', 'passphrase'] as const;

const IN_URL = ['host', 'port', 'database', 'username', 'password'] as const;

/** The rules of a connection. */
export const CONNECTION_RULES: OptionTable<ClickhouseConnectionOptions> = {
  url: option('a URL of the form http://user:password@host:port/database, or https://…', isUrl),
  host: option(
    'the name or address of a host',
    (value) => typeof value === 'string' && /^[^\s/@?#]+$/.test(value),
  ),
  port: wholeNumberWithin(1, 65_535),
  database: filledText('a name'),
  username: filledText('a name'),
  password: filledText('a text'),
  tls: CLIENT_TLS_RULE,
  requestTimeoutMs: wholeNumberWithin(1, 3_600_000, 60_000),
};

/** Conflicts between the options of a connection. */
export function connectionMismatches(
  options: ClickhouseConnectionOptions,
): readonly Mismatch<ClickhouseConnectionOptions>[] {
  const { url, tls } = options;
  if (tls !== undefined && url?.startsWith('http:') === true)
    return [{ name: 'tls', expected: 'no tls beside a url of http://' }];
  return urlMismatches(options, IN_URL);
}

/** The place of a server, and the user. */
export interface ClickhouseAddress {
  /** Scheme, host and port. */
  readonly origin: string;
  readonly database: string;
  readonly username: string;
  readonly password: string;
}

/** The address in the options, from `url` or from the single options. */
export function addressOf(options: ClickhouseConnectionOptions): ClickhouseAddress {
  const { url, host = '', port, database, username, password, tls } = options;
  if (url === undefined) {
    const [scheme, standardPort] =
      tls === undefined ? (['http', 8_123] as const) : (['https', 8_443] as const);
    return {
      origin: `${scheme}://${serverText(host, port ?? standardPort)}`,
      database: database ?? 'default',
      username: username ?? 'default',
      password: password ?? '',
    };
  }
  const { path, username: user, password: secret } = serverUrlParts(url);
  return {
    origin: new URL(url).origin,
    database: path ?? 'default',
    username: user ?? 'default',
    password: secret ?? '',
  };
}

/** `database at host:port`, without secrets. */
export function placeOf(options: ClickhouseConnectionOptions): string {
  const { origin, database } = addressOf(options);
  return `${database} at ${origin.replace(/^https?:\/\//, '')}`;
}

function isUrl(value: unknown): boolean {
  return isServerUrl(value, { protocols: ['http:', 'https:'], path: /^\/?[^/]*$/ });
}
