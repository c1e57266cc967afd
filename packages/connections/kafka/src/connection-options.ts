// The options of a connection to a Kafka cluster.
import {
  CLIENT_TLS_RULE,
  type ClientTlsOptions,
  filledText,
  HOST_RULE,
  type Mismatch,
  oneOf,
  option,
  type OptionTable,
  SERVERS_RULE,
  wholeNumberWithin,
  serverText,
} from '@millrace/core/engine';

/** The connection to a cluster: `host` and `port`, or `brokers`. */
export interface KafkaConnectionOptions {
  /** Name or address of a broker; the client finds the others. This option or `brokers` is required. */
  readonly host?: string | undefined;
  /** The port of `host`. */
  readonly port: number;
  /** Several brokers, each as `host:port`; the first reachable one is asked for the others. In place of `host`. */
  readonly brokers?: readonly string[] | undefined;
  /** TLS; `{}` trusts the certificates that Node trusts. Default: plain TCP. */
  readonly tls?: ClientTlsOptions | undefined;
  /** The user, together with `password`. Default: no authentication. */
  readonly username?: string | undefined;
  /** The password of the user. Secret. */
  readonly password?: string | undefined;
  /** The mechanism of SASL. `PLAIN` sends the password in the clear: use `PLAIN` with `tls` only. */
  readonly mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';
  /** The name of this client in the logs and quotas of the brokers. */
  readonly clientId: string;
  /** The longest time to connect to a broker, in milliseconds. */
  readonly connectTimeoutMs: number;
  /** The longest time without an answer of a broker, in milliseconds. */
  readonly requestTimeoutMs: number;
}

/** The options of a connection as an application writes them. */
export type KafkaConnectionInput = Partial<KafkaConnectionOptions>;

/** Options whose values are never printed. */
export const CONNECTION_SECRETS = ['password', 'passphrase'] as const;

/** The rules of a connection. */
export const CONNECTION_RULES: OptionTable<KafkaConnectionOptions> = {
  host: HOST_RULE,
  port: wholeNumberWithin(1, 65_535, 9_092),
  brokers: SERVERS_RULE,
  tls: CLIENT_TLS_RULE,
  username: filledText('a name'),
  password: filledText('a text'),
  mechanism: oneOf(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'], 'SCRAM-SHA-512'),
  clientId: option(
    'a name without white space',
    (value) => typeof value === 'string' && /^\S+$/.test(value),
    'millrace',
  ),
  connectTimeoutMs: wholeNumberWithin(1, 3_600_000, 10_000),
  requestTimeoutMs: wholeNumberWithin(1, 3_600_000, 30_000),
};

/** Conflicts between the options of a connection. */
export function connectionMismatches({
  host,
  brokers,
  username,
  password,
}: KafkaConnectionOptions): readonly Mismatch<KafkaConnectionOptions>[] {
  const mismatches: Mismatch<KafkaConnectionOptions>[] = [];
  if ((host === undefined) === (brokers === undefined))
    mismatches.push({ name: 'host', expected: 'either host or brokers' });
  if ((username === undefined) !== (password === undefined))
    mismatches.push({ name: 'username', expected: 'username and password together, or neither' });
  return mismatches;
}

/** The brokers to ask first, each as `host:port`. */
export function bootstrapBrokers({ host, port, brokers }: KafkaConnectionOptions): readonly string[] {
  return brokers ?? [serverText(host ?? '', port)];
}
