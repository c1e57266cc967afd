// The options that every part of an application on JetStream shares: connections, the name of the application, its servers.
import { CONNECTION_SECRETS, CREDENTIAL_RULES, credentialMismatches } from '@millrace/connection-nats';
import {
  type Mismatch,
  oneOf,
  option,
  optionGroup,
  type OptionTable,
  required,
  wholeNumberWithin,
} from '@millrace/core/engine';
import { LINK_RULES, linkMismatches, type NatsLinkOptions } from '../link/link-options.ts';
import { APP_EXPECTED, isAppName } from './app-names.ts';
import type { ServerCheckOptions } from './server-checks.ts';

/** Servers, and the streams of an application. */
export interface NatsClusterOptions extends NatsLinkOptions, ServerCheckOptions {
  /** The name of the application in subjects and names of streams, as given to `millrace-nats init`. */
  readonly app: string;
  /** The number of servers with a copy of each stream, as given to `millrace-nats init`. 1 is for development. */
  readonly replicas: number;
}

/** The required options, and any others. */
export type NatsClusterInput = Pick<NatsClusterOptions, 'servers' | 'app'> & Partial<NatsClusterOptions>;

/** Options whose values are never printed. */
export const CLUSTER_SECRETS = CONNECTION_SECRETS;

/** The rules. */
export const CLUSTER_RULES: OptionTable<NatsClusterOptions> = {
  ...LINK_RULES,
  app: required(option<string>(APP_EXPECTED, isAppName)),
  replicas: wholeNumberWithin(1, 5, 3),
  monitors: option<readonly string[]>('addresses of the form http://host:port', isMonitors),
  systemUser: optionGroup(
    'one user: username and password, token, credentialsFile or nkeyFile',
    CREDENTIAL_RULES,
    (user) =>
      Object.values(user).some((value) => value !== undefined) && credentialMismatches(user).length === 0,
  ),
  syncVerified: oneOf(['by-operator']),
};

/** Conflicts between options that are each valid. */
export function clusterMismatches(options: NatsClusterOptions): readonly Mismatch<NatsClusterOptions>[] {
  const { monitors, systemUser, syncVerified } = options;
  const ways = [monitors, systemUser, syncVerified].filter((way) => way !== undefined).length;
  return [
    ...linkMismatches(options),
    ...(ways > 1
      ? [{ name: 'syncVerified', expected: 'one of monitors, systemUser and syncVerified' } as const]
      : []),
  ];
}

function isMonitors(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((url) => typeof url === 'string' && /^https?:\/\/[^\s/]+\/?$/.test(url))
  );
}
