// The options of connections to NATS: shared by every plugin of this package.
import {
  CONNECTION_RULES,
  CREDENTIAL_RULES,
  credentialMismatches,
  isTlsAmbiguous,
  type NatsConnectionOptions,
  secretsOf,
  TLS_NAME_EXPECTED,
} from '@millrace/connection-nats';
import { type Mismatch, option, type OptionTable, required } from '@millrace/core/engine';

/** The options that every connection to NATS has. */
type CommonOptions = Omit<NatsConnectionOptions, 'host' | 'port' | 'servers' | 'requestTimeoutMs'>;

/** The connections to the servers. */
export interface NatsLinkOptions extends CommonOptions {
  /**
   * All servers of the cluster: a list, or a text with commas. Each is `host`, `host:port` or `nats://host:port`; the port is
   * 4222 by default. Addresses that servers tell each other are not used.
   */
  readonly servers: string | readonly string[];
  /** The longest time for the first connection, in milliseconds. */
  readonly connectTimeoutMs: number;
}

const PORT = 4_222;
const SERVER = /^(?:nats:\/\/)?((?:\[[0-9a-fA-F:]+\]|[^\s:/@,[\]]+))(?::(\d{1,5}))?\/?$/;
const CONNECT_TIMEOUT_MS = 30_000;

/** The rules of connections. */
export const LINK_RULES: OptionTable<NatsLinkOptions> = {
  servers: required(
    option<string | readonly string[]>(
      'servers of the form host, host:port or nats://host:port, as a list or with commas',
      isServers,
    ),
  ),
  tls: CONNECTION_RULES.tls,
  ...CREDENTIAL_RULES,
  clientName: CONNECTION_RULES.clientName,
  inboxPrefix: CONNECTION_RULES.inboxPrefix,
  connectTimeoutMs: { ...CONNECTION_RULES.connectTimeoutMs, fallback: CONNECT_TIMEOUT_MS },
};

/** Conflicts between the options of connections. */
export function linkMismatches(options: NatsLinkOptions): readonly Mismatch<NatsLinkOptions>[] {
  const { tls } = options;
  const mismatches: Mismatch<NatsLinkOptions>[] = [...credentialMismatches(options)];
  if (isTlsAmbiguous(tls, serversOf(options))) mismatches.push({ name: 'tls', expected: TLS_NAME_EXPECTED });
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
export function linkSecretsOf(options: NatsLinkOptions): readonly (string | undefined)[] {
  return secretsOf(options);
}

function isServers(value: unknown): boolean {
  if (typeof value !== 'string' && !Array.isArray(value)) return false;
  const servers = listed(value as string | readonly unknown[]);
  return servers.length > 0 && servers.every((server) => typeof server === 'string' && SERVER.test(server));
}

function listed<Server>(servers: string | readonly Server[]): readonly (Server | string)[] {
  return typeof servers === 'string' ? servers.split(',').map((server) => server.trim()) : servers;
}
