// The options of a connection to a broker of AMQP 0-9-1.
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

/** The connection to a broker: `url`, or `host` and its companions. */
export interface AmqpConnectionOptions {
  /**
   * `amqp://user:password@host:port/vhost`, or `amqps://…` for TLS, without parameters, in place of `host`, `port`, `vhost`,
   * `username` and `password`. A vhost with slashes is percent-encoded. Secret.
   */
  readonly url?: string | undefined;
  /** Name or address of the broker. This option or `url` is required. */
  readonly host?: string | undefined;
  /** The port of `host`. Default: 5672; 5671 with TLS. */
  readonly port?: number | undefined;
  /** The virtual host. Default: `/`. */
  readonly vhost?: string | undefined;
  /** The user. Default: `guest`, whom brokers accept from their own machine only. */
  readonly username?: string | undefined;
  /** The password of the user. Secret. Default: `guest`. */
  readonly password?: string | undefined;
  /** TLS; `{}` trusts the certificates that Node trusts. Default: plain TCP, unless `url` begins with `amqps:`. */
  readonly tls?: ClientTlsOptions | undefined;
  /** The name of the connection in the lists of the broker. */
  readonly connectionName: string;
  /**
   * The longest silence between client and broker, in milliseconds, rounded up to seconds. A connection whose other side is
   * silent for twice as long is given up.
   */
  readonly heartbeatMs: number;
  /** The longest time to connect, in milliseconds. */
  readonly connectTimeoutMs: number;
}

/** The options of a connection as an application writes them. */
export type AmqpConnectionInput = Partial<AmqpConnectionOptions>;

/** Options whose values are never printed. */
export const CONNECTION_SECRETS = ['url', 'password', 'passphrase'] as const;

const DEFAULT_PORT = 5_672;
const DEFAULT_TLS_PORT = 5_671;
const GUEST = 'guest';
const IN_URL = ['host', 'port', 'vhost', 'username', 'password'] as const;
/** The protocol has 16 bits for a number of seconds. */
const HEARTBEAT_MAX_MS = 65_535_000;

/** The rules of a connection. */
export const CONNECTION_RULES: OptionTable<AmqpConnectionOptions> = {
  url: option('a URL of the form amqp://user:password@host:port/vhost, or amqps://…', isUrl),
  host: HOST_RULE,
  port: wholeNumberWithin(1, 65_535),
  vhost: filledText('a name'),
  username: filledText('a name'),
  password: filledText('a text'),
  tls: CLIENT_TLS_RULE,
  connectionName: filledText('a name', 'millrace'),
  heartbeatMs: wholeNumberWithin(1_000, HEARTBEAT_MAX_MS, 30_000),
  connectTimeoutMs: wholeNumberWithin(1, 3_600_000, 10_000),
};

/** Conflicts between the options of a connection. */
export function connectionMismatches(
  options: AmqpConnectionOptions,
): readonly Mismatch<AmqpConnectionOptions>[] {
  const found = urlMismatches(options, IN_URL);
  if (found.length > 0) return found;
  const isHalf = (options.username === undefined) !== (options.password === undefined);
  return isHalf ? [{ name: 'username', expected: 'username and password together, or neither' }] : [];
}

/** The place of a broker, and the user. */
export interface AmqpAddress {
  /** An address of version 6 without brackets. */
  readonly host: string;
  readonly port: number;
  readonly vhost: string;
  readonly tls: ClientTlsOptions | undefined;
  readonly username: string;
  readonly password: string;
}

/** The address in the options, from `url` or from the single options. */
export function addressOf(options: AmqpConnectionOptions): AmqpAddress {
  const { url, host = '', port, vhost = '/', tls, username = GUEST, password = GUEST } = options;
  if (url === undefined) return { host, port: port ?? defaultPort(tls), vhost, tls, username, password };
  const parts = serverUrlParts(url);
  const urlTls = parts.protocol === 'amqps:' ? (tls ?? {}) : tls;
  const isGuest = parts.username === undefined && parts.password === undefined;
  return {
    host: parts.host,
    port: parts.port ?? defaultPort(urlTls),
    vhost: parts.path ?? '/',
    tls: urlTls,
    username: isGuest ? GUEST : (parts.username ?? ''),
    password: isGuest ? GUEST : (parts.password ?? ''),
  };
}

/** `host:port`, the vhost unless it is the default, and a word about TLS; without secrets. */
export function placeOf(options: AmqpConnectionOptions): string {
  const { host, port, vhost, tls } = addressOf(options);
  return `${serverText(host, port)}${vhost === '/' ? '' : ` ${vhost}`}${tls === undefined ? '' : ' (TLS)'}`;
}

function defaultPort(tls: ClientTlsOptions | undefined): number {
  return tls === undefined ? DEFAULT_PORT : DEFAULT_TLS_PORT;
}

function isUrl(value: unknown): boolean {
  return isServerUrl(value, { protocols: ['amqp:', 'amqps:'], path: /^\/?[^/]*$/ });
}
