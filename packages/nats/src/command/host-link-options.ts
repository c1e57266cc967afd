// The options of connections from the command line of `millrace-host`.
import { CONNECTION_SECRETS } from '@millrace/connection-nats';
import { schemaByTable, validateOptions } from '@millrace/core/engine';
import { LINK_RULES, linkMismatches, type NatsLinkOptions } from '../link/link-options.ts';
import type { AskedHost } from './host-command-line.ts';

const schema = schemaByTable<Pick<NatsLinkOptions, 'servers'>, NatsLinkOptions>(LINK_RULES, linkMismatches);

/** The options of connections. @throws `MR_CONFIG_INVALID_OPTION`. */
export function hostLinkOptions(asked: AskedHost): NatsLinkOptions {
  const { servers, credentials, nkey, tlsCa, tlsCert, tlsKey, inboxPrefix } = asked;
  const hasTls = [tlsCa, tlsCert, tlsKey].some((file) => file !== undefined);
  const input = {
    servers,
    clientName: `millrace-host-${asked.name}`,
    credentialsFile: credentials,
    nkeyFile: nkey,
    inboxPrefix,
    ...(hasTls ? { tls: { caFile: tlsCa, certFile: tlsCert, keyFile: tlsKey } } : {}),
  };
  return validateOptions({ owner: 'millrace-host', schema, secrets: CONNECTION_SECRETS, input }).options;
}
