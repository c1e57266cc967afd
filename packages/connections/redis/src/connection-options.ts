// The options of a connection to a Redis or Valkey server.
import {
  CLIENT_TLS_RULE,
  type ClientTlsOptions,
  filledText,
  HOST_RULE,
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
export interface RedisConnectionOptions {
  /**
   * `redis://user:password@host:port/database`, without parameters, in place of `host`, `port`, `database`, `username` and
   * `password`; `rediss://` for TLS. Secret.
   */
  readonly url?: string | undefined;
  /** Name or address of the server. This option or `url` is required. */
  readonly host?: string | undefined;
  /** The port of `host`. Default: 6379. */
  readonly port?: number | undefined;
  /** The number of the database. Default: 0. */
  readonly database?: number | undefined;
  /** The user, together with `password`. Default: the user `default`. */
  readonly username?: string | undefined;
  /** The password. Secret. Default: no authentication. */
  readonly password?: string | undefined;
  /** TLS; `{}` trusts the certificates that Node trusts. Default: plain TCP. */
  readonly tls?: ClientTlsOptions | undefined;
  /** The longest time to connect, in milliseconds. */
  readonly connectTimeoutMs: number;
  /** The longest time without an answer of the server, in milliseconds. The connection is given up then. */
  readonly requestTimeoutMs: number;
}

/** The options of a connection as an application writes them. */
export type RedisConnectionInput = Partial<RedisConnectionOptions>;

/** Options whose values are never printed. */
export const CONNECTION_SECRETS = ['url', 'password', 'passphrase'] as const;

const DEFAULT_PORT = 6_379;
const DATABASE_MAX = 1_000_000;
const IN_URL = ['host', 'port', 'database', 'username', 'password'] as const;

/** The rules of a connection. */
export const CONNECTION_RULES: OptionTable<RedisConnectionOptions> = {
  url: option('a URL of the form redis://user:password@host:port/database', isUrl),
  host: HOST_RULE,
  port: wholeNumberWithin(1, 65_535),
  database: wholeNumberWithin(0, DATABASE_MAX),
  username: filledText('a name'),
  password: filledText('a text'),
  tls: CLIENT_TLS_RULE,
  connectTimeoutMs: wholeNumberWithin(1, 3_600_000, 10_000),
  requestTimeoutMs: wholeNumberWithin(1_000, 3_600_000, 30_000),
};

/** Conflicts between the options of a connection. */
export function connectionMismatches(
  options: RedisConnectionOptions,
): readonly Mismatch<RedisConnectionOptions>[] {
  const found = urlMismatches(options, IN_URL);
  if (found.length > 0) return found;
  const isPartial = options.username !== undefined && options.password === undefined;
  return isPartial ? [{ name: 'username', expected: 'no username without password' }] : [];
}

/** The place of a server, and the user. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly database: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly tls: ClientTlsOptions | undefined;
}

/** The address in the options, from `url` or from the single options. */
export function addressOf(options: RedisConnectionOptions): RedisAddress {
  const { url, host = '', port = DEFAULT_PORT, database = 0, username, password, tls } = options;
  if (url === undefined) return { host, port, database, username, password, tls };
  const parts = serverUrlParts(url);
  return {
    host: parts.host,
    port: parts.port ?? DEFAULT_PORT,
    database: Number(parts.path ?? 0),
    username: parts.username,
    password: parts.password,
    tls: tls ?? (parts.protocol === 'rediss:' ? {} : undefined),
  };
}

/** `host:port`, with the number of another database than the first, without secrets. */
export function placeOf(options: RedisConnectionOptions): string {
  const { host, port, database, tls } = addressOf(options);
  return `${serverText(host, port)}${database === 0 ? '' : `/${database}`}${tls === undefined ? '' : ' (TLS)'}`;
}

/** Texts that no message may repeat. */
export function secretsOf(options: RedisConnectionOptions): readonly (string | undefined)[] {
  return [addressOf(options).password, options.password, options.url, options.tls?.passphrase];
}

function isUrl(value: unknown): boolean {
  return isServerUrl(value, { protocols: ['redis:', 'rediss:'], path: /^\/?\d{0,6}$/ });
}
