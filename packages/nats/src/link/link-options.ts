// The options of connections to NATS: shared by every plugin of this package.
import {
  CLIENT_TLS_RULE,
  type ClientTlsOptions,
  filledText,
  type Mismatch,
  option,
  type OptionTable,
  pathText,
  required,
  wholeNumberWithin,
} from '@millrace/core/engine';

/** The connections to the servers. */
export interface NatsLinkOptions {
  /**
   * All servers of the cluster: a list, or a text with commas. Each is `host`, `host:port` or `nats://host:port`; the port is
   * 4222 by default. Addresses that servers tell each other are not used.
   */
  readonly servers: string | readonly string[];
  /** TLS; `{}` trusts the certificates that Node trusts. Default: plain TCP. */
  readonly tls?: ClientTlsOptions | undefined;
  /** A file with a user JWT and its key, as `nsc` writes; a path on this host. */
  readonly credentialsFile?: string | undefined;
  /** A file with the seed of a user's nkey; a path on this host. */
  readonly nkeyFile?: string | undefined;
  /** The user, together with `password`. */
  readonly username?: string | undefined;
  /** The password of the user. Secret. */
  readonly password?: string | undefined;
  /** The name of this program in the lists of the servers. */
  readonly clientName: string;
  /** The first part of the subjects on which answers come, for users who may subscribe to few subjects. */
  readonly inboxPrefix: string;
  /** The longest time for the first connection, in milliseconds. */
  readonly connectTimeoutMs: number;
}

const PORT = 4_222;
const SERVER = /^(?:nats:\/\/)?((?:\[[0-9a-fA-F:]+\]|[^\s:/@,[\]]+))(?::(\d{1,5}))?\/?$/;
const INBOX_PREFIX = /^[^\s.*>]+(?:\.[^\s.*>]+)*$/;

/** The rules of connections. */
export const LINK_RULES: OptionTable<NatsLinkOptions> = {
  servers: required(
    option<string | readonly string[]>(
      'servers of the form host, host:port or nats://host:port, as a list or with commas',
      isServers,
    ),
  ),
  tls: CLIENT_TLS_RULE,
  credentialsFile: pathText('the path of a file'),
  nkeyFile: pathText('the path of a file'),
  username: filledText('a name'),
  password: filledText('a text'),
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
  connectTimeoutMs: wholeNumberWithin(1, 3_600_000, 30_000),
};

/** Conflicts between the options of connections. */
export function linkMismatches({
  username,
  password,
  credentialsFile,
  nkeyFile,
}: NatsLinkOptions): readonly Mismatch<NatsLinkOptions>[] {
  const mismatches: Mismatch<NatsLinkOptions>[] = [];
  if ((username === undefined) !== (password === undefined))
    mismatches.push({ name: 'username', expected: 'username and password together, or neither' });
  if ([username, credentialsFile, nkeyFile].filter((way) => way !== undefined).length > 1)
    mismatches.push({ name: 'credentialsFile', expected: 'one of credentialsFile, nkeyFile and username' });
  return mismatches;
}

/** The servers, each as `host:port`. */
export function serversOf({ servers }: Pick<NatsLinkOptions, 'servers'>): readonly string[] {
  return listed(servers).map((server) => {
    const [, host, port = PORT] = SERVER.exec(server) ?? [];
    return `${host}:${port}`;
  });
}

/** The texts that no message may repeat. */
export function linkSecretsOf({ password, tls }: NatsLinkOptions): readonly (string | undefined)[] {
  return [password, tls?.passphrase];
}

function isServers(value: unknown): boolean {
  if (typeof value !== 'string' && !Array.isArray(value)) return false;
  const servers = listed(value as string | readonly unknown[]);
  return servers.length > 0 && servers.every((server) => typeof server === 'string' && SERVER.test(server));
}

function listed<Server>(servers: string | readonly Server[]): readonly (Server | string)[] {
  return typeof servers === 'string' ? servers.split(',').map((server) => server.trim()) : servers;
}
