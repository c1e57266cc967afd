// The options of a connection to NATS.
import {
  CLIENT_TLS_RULE,
  type ClientTlsOptions,
  HOST_RULE,
  type Mismatch,
  option,
  type OptionTable,
  SERVERS_RULE,
  serverText,
  wholeNumberWithin,
} from '@millrace/core/engine';
import { CREDENTIAL_RULES, credentialMismatches, type NatsCredentialOptions } from './credentials.ts';
import { isTlsAmbiguous, TLS_NAME_EXPECTED } from './tls-settings.ts';

/** The connection to a server: `host` and `port`, or `servers`. */
export interface NatsConnectionOptions extends NatsCredentialOptions {
  /** Name or address of a server. This option or `servers` is required. */
  readonly host?: string | undefined;
  /** The port of `host`. */
  readonly port: number;
  /** Several servers of one cluster, each as `host:port`; any reachable one is used. In place of `host`. */
  readonly servers?: readonly string[] | undefined;
  /** TLS; `{}` trusts the certificates that Node trusts. Default: plain TCP. */
  readonly tls?: ClientTlsOptions | undefined;
  /** The name of this client in the lists of the server. */
  readonly clientName: string;
  /** The first part of the subjects on which answers come, for users who may subscribe to few subjects. */
  readonly inboxPrefix: string;
  /** The longest time to connect to a server, in milliseconds. */
  readonly connectTimeoutMs: number;
  /** The longest time without an answer of a server, in milliseconds. */
  readonly requestTimeoutMs: number;
}

/** The options of a connection as an application writes them. */
export type NatsConnectionInput = Partial<NatsConnectionOptions>;

/** Options whose values are never printed. */
export const CONNECTION_SECRETS = ['password', 'token', 'passphrase'] as const;

const INBOX_PREFIX = /^[^\s.*>]+(?:\.[^\s.*>]+)*$/;

/** The rules of a connection. */
export const CONNECTION_RULES: OptionTable<NatsConnectionOptions> = {
  host: HOST_RULE,
  port: wholeNumberWithin(1, 65_535, 4_222),
  servers: SERVERS_RULE,
  tls: CLIENT_TLS_RULE,
  ...CREDENTIAL_RULES,
  clientName: option(
    'a name without white space',
    (value) => typeof value === 'string' && /^\S+$/.test(value),
    'millrace',
  ),
  inboxPrefix: option(
    'a subject without wildcards',
    (value) => typeof value === 'string' && INBOX_PREFIX.test(value),
    '_INBOX',
  ),
  connectTimeoutMs: wholeNumberWithin(1, 3_600_000, 10_000),
  requestTimeoutMs: wholeNumberWithin(1, 3_600_000, 10_000),
};

/** Conflicts between the options of a connection. */
export function connectionMismatches(
  options: NatsConnectionOptions,
): readonly Mismatch<NatsConnectionOptions>[] {
  const { host, servers, tls } = options;
  const mismatches: Mismatch<NatsConnectionOptions>[] = [...credentialMismatches(options)];
  if ((host === undefined) === (servers === undefined))
    mismatches.push({ name: 'host', expected: 'either host or servers' });
  if (isTlsAmbiguous(tls, serversOf(options))) mismatches.push({ name: 'tls', expected: TLS_NAME_EXPECTED });
  return mismatches;
}

/** The servers, each as `host:port`. */
export function serversOf({ host, port, servers }: NatsConnectionOptions): readonly string[] {
  return servers ?? [serverText(host ?? '', port)];
}

/** The texts that no message may repeat. */
export function secretsOf({
  password,
  token,
  tls,
}: Pick<NatsConnectionOptions, 'password' | 'token' | 'tls'>): readonly (string | undefined)[] {
  return [password, token, tls?.passphrase];
}

/** The connection in descriptions, without secrets. */
export function describeServer(options: NatsConnectionOptions): string {
  return `${serversOf(options)[0]}${options.tls === undefined ? '' : ' (TLS)'}`;
}
