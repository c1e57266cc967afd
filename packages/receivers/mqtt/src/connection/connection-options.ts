// The options of a connection to an MQTT broker.
import {
  CLIENT_TLS_RULE,
  type ClientTlsOptions,
  filledText,
  HOST_RULE,
  isServerUrl,
  type Mismatch,
  oneOf,
  option,
  type OptionTable,
  serverText,
  serverUrlParts,
  urlMismatches,
  wholeNumberWithin,
} from '@millrace/core/engine';

/** The connection to a broker: `url`, or `host` and its companions. */
export interface MqttConnectionOptions {
  /**
   * `mqtt://user:password@host:port`, or `mqtts://…` for TLS, in place of `host`, `port`, `username` and `password`. Secret.
   */
  readonly url?: string | undefined;
  /** Name or address of the broker. This option or `url` is required. */
  readonly host?: string | undefined;
  /** The port of `host`. Default: 1883; 8883 with TLS. */
  readonly port?: number | undefined;
  /** TLS; `{}` trusts the certificates that Node trusts. Default: plain TCP, unless `url` begins with `mqtts:`. */
  readonly tls?: ClientTlsOptions | undefined;
  /** The user. Default: no authentication. */
  readonly username?: string | undefined;
  /** The password of the user. Secret. Default: none. */
  readonly password?: string | undefined;
  /** The version of the protocol. */
  readonly protocolVersion: '5' | '3.1.1';
  /**
   * The longest silence between receiver and broker, in milliseconds, rounded up to seconds. A connection whose other side is
   * silent for one and a half times as long is given up.
   */
  readonly keepAliveMs: number;
  /** The longest time to connect, in milliseconds. */
  readonly connectTimeoutMs: number;
}

/** The options of a connection as an application writes them. */
export type MqttConnectionInput = Partial<MqttConnectionOptions>;

/** Options whose values are never printed. */
export const CONNECTION_SECRETS = ['url', 'password', 'passphrase'] as const;

const DEFAULT_PORT = 1_883;
const DEFAULT_TLS_PORT = 8_883;
const IN_URL = ['host', 'port', 'username', 'password'] as const;
/** The protocol has 16 bits for a number of seconds. */
const KEEP_ALIVE_MAX_MS = 65_535_000;

/** The rules of a connection. */
export const CONNECTION_RULES: OptionTable<MqttConnectionOptions> = {
  url: option('a URL of the form mqtt://user:password@host:port, or mqtts://…', isUrl),
  host: HOST_RULE,
  port: wholeNumberWithin(1, 65_535),
  tls: CLIENT_TLS_RULE,
  username: filledText('a name'),
  password: filledText('a text'),
  protocolVersion: oneOf(['5', '3.1.1'], '5'),
  keepAliveMs: wholeNumberWithin(1_000, KEEP_ALIVE_MAX_MS, 30_000),
  connectTimeoutMs: wholeNumberWithin(1, 3_600_000, 10_000),
};

/** Conflicts between the options of a connection. */
export function connectionMismatches(
  options: MqttConnectionOptions,
): readonly Mismatch<MqttConnectionOptions>[] {
  const { username, password, protocolVersion } = options;
  const mismatches = [...urlMismatches(options, IN_URL)];
  if (password !== undefined && username === undefined && protocolVersion === '3.1.1')
    mismatches.push({ name: 'username', expected: 'a username with the password, in version 3.1.1' });
  return mismatches;
}

/** The place of a broker, and the user. */
export interface BrokerAddress {
  /** An address of version 6 without brackets. */
  readonly host: string;
  readonly port: number;
  readonly tls: ClientTlsOptions | undefined;
  readonly username: string | undefined;
  readonly password: string | undefined;
}

/** The address in the options, from `url` or from the single options. */
export function addressOf(options: MqttConnectionOptions): BrokerAddress {
  const { url, host = '', port, tls, username, password } = options;
  if (url === undefined) return { host, port: port ?? defaultPort(tls), tls, username, password };
  const parts = serverUrlParts(url);
  const urlTls = parts.protocol === 'mqtts:' ? (tls ?? {}) : tls;
  return {
    host: parts.host,
    port: parts.port ?? defaultPort(urlTls),
    tls: urlTls,
    username: parts.username,
    password: parts.password,
  };
}

/** `host:port`, without secrets, and a word about TLS. */
export function placeOf(options: MqttConnectionOptions): string {
  const { host, port, tls } = addressOf(options);
  return `${serverText(host, port)}${tls === undefined ? '' : ' (TLS)'}`;
}

function defaultPort(tls: ClientTlsOptions | undefined): number {
  return tls === undefined ? DEFAULT_PORT : DEFAULT_TLS_PORT;
}

function isUrl(value: unknown): boolean {
  return isServerUrl(value, { protocols: ['mqtt:', 'mqtts:'], path: /^\/?$/ });
}
