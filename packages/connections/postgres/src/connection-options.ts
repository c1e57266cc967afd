// The options of a connection to a PostgreSQL server.
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
export interface PostgresConnectionOptions {
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
export type PostgresConnectionInput = Partial<PostgresConnectionOptions>;

/** Options whose values are never printed. */
export const CONNECTION_SECRETS = ['url', 'password', 'passphrase'] as const;

const DEFAULT_PORT = 5_432;
const IN_URL = ['host', 'port', 'database', 'username', 'password'] as const;

/** The rules of a connection. */
export const CONNECTION_RULES: OptionTable<PostgresConnectionOptions> = {
  url: option('a URL of the form postgres://user:password@host:port/database', isUrl),
  host: HOST_RULE,
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
  options: PostgresConnectionOptions,
): readonly Mismatch<PostgresConnectionOptions>[] {
  return urlMismatches(options, IN_URL);
}

/** The place of a server, and the user. */
export interface PostgresAddress {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly username: string;
  readonly password: string | undefined;
}

/** The address in the options, from `url` or from the single options. */
export function addressOf(options: PostgresConnectionOptions): PostgresAddress {
  const { url, host = '', port, database, username = 'postgres', password } = options;
  if (url === undefined)
    return { host, port: port ?? DEFAULT_PORT, database: database ?? username, username, password };
  const parts = serverUrlParts(url);
  const user = parts.username ?? 'postgres';
  return {
    host: parts.host,
    port: parts.port ?? DEFAULT_PORT,
    database: parts.path ?? user,
    username: user,
    password: parts.password,
  };
}

/** `database at host:port`, without secrets. */
export function placeOf(options: PostgresConnectionOptions): string {
  const { host, port, database } = addressOf(options);
  return `${database} at ${serverText(host, port)}`;
}

function isUrl(value: unknown): boolean {
  return isServerUrl(value, { protocols: ['postgres:', 'postgresql:'], path: /^/ });
}
