// The options of a connection to a PostgreSQL server.
import {
  CLIENT_TLS_RULE,
  type ClientTlsOptions,
  filledText,
  type Mismatch,
  option,
  type OptionTable,
  wholeNumberWithin,
} from '@millrace/core/engine';

/** The connection to a server: `url`, or `host` and its companions. */
export interface PostgresServerOptions {
  /**
   * `postgres://user:password@host:port/database`, without parameters, in place of `host`, `port`, `database`, `username` and
   * `password`. Secret.
   */
  readonly url?: string | undefined;
  /** Name or address of the server. This option or `url` is required. */
  readonly host?: string | undefined;
  /** The port of `host`. Default: 5432. */
  readonly port?: number | undefined;
  /** The database. Default: the name of the user. */
  readonly database?: string | undefined;
  /** The user. Default: `postgres`. */
  readonly username?: string | undefined;
  /** The password of the user. Secret. Default: none. */
  readonly password?: string | undefined;
  /** TLS; `{}` trusts the certificates that Node trusts. Default: plain TCP. */
  readonly tls?: ClientTlsOptions | undefined;
  /** The longest time to connect, in milliseconds. */
  readonly connectTimeoutMs: number;
  /** The longest time without an answer of the server, in milliseconds. The connection is given up then. */
  readonly requestTimeoutMs: number;
}

/** The options of a connection as an application writes them. */
export type PostgresServerInput = Partial<PostgresServerOptions>;

/** Options whose values are never printed. */
export const CONNECTION_SECRETS = ['url', 'password', 'passphrase'] as const;

const DEFAULT_PORT = 5_432;
const NOT_BESIDE_URL = ['host', 'port', 'database', 'username', 'password'] as const;

/** The rules of a connection. */
export const CONNECTION_RULES: OptionTable<PostgresServerOptions> = {
  url: option('a URL of the form postgres://user:password@host:port/database', isUrl),
  host: option(
    'the name or address of a host',
    (value) => typeof value === 'string' && /^[^\s/@]+$/.test(value),
  ),
  port: wholeNumberWithin(1, 65_535),
  database: filledText('a name'),
  username: filledText('a name'),
  password: filledText('a text'),
  tls: CLIENT_TLS_RULE,
  connectTimeoutMs: wholeNumberWithin(1, 3_600_000, 10_000),
  requestTimeoutMs: wholeNumberWithin(1, 3_600_000, 60_000),
};

/** Conflicts between the options of a connection. */
export function connectionMismatches(
  options: PostgresServerOptions,
): readonly Mismatch<PostgresServerOptions>[] {
  const { url, host } = options;
  if (url === undefined) return host === undefined ? [{ name: 'host', expected: 'either host or url' }] : [];
  return NOT_BESIDE_URL.filter((name) => options[name] !== undefined).map((name) => ({
    name,
    expected: `no ${name} beside url`,
  }));
}

/** The place of a server, and the user. */
export interface ServerPlace {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly username: string;
  readonly password: string | undefined;
}

/** The address in the options, from `url` or from the single options. */
export function addressOf(options: PostgresServerOptions): ServerPlace {
  const { url, host = '', port, database, username = 'postgres', password } = options;
  if (url === undefined)
    return { host, port: port ?? DEFAULT_PORT, database: database ?? username, username, password };
  const parts = new URL(url);
  const user = decodeURIComponent(parts.username) || 'postgres';
  return {
    host: parts.hostname.replace(/^\[|\]$/g, ''),
    port: parts.port === '' ? DEFAULT_PORT : Number(parts.port),
    database: decodeURIComponent(parts.pathname.slice(1)) || user,
    username: user,
    password: decodeURIComponent(parts.password) || undefined,
  };
}

/** `database at host:port`, without secrets. */
export function placeOf(options: PostgresServerOptions): string {
  const { host, port, database } = addressOf(options);
  return `${database} at ${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function isUrl(value: unknown): boolean {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const { protocol, hostname, search, hash, username, password, pathname } = new URL(value);
  return (
    (protocol === 'postgres:' || protocol === 'postgresql:') &&
    hostname !== '' &&
    search === '' &&
    hash === '' &&
    [username, password, pathname].every(isDecodable)
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
