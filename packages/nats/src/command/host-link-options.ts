// The options of connections from the command line of `millrace-host`.
import { CONNECTION_SECRETS } from '@millrace/connection-nats';
import type { Storage } from '@millrace/core';
import { schemaByTable, validateOptions } from '@millrace/core/engine';
import { LINK_RULES, linkMismatches, type NatsLinkOptions } from '../link/link-options.ts';
import type { AskedHost } from './host-command-line.ts';
import { linkInput } from './link-command-line.ts';

const schema = schemaByTable<Pick<NatsLinkOptions, 'servers'>, NatsLinkOptions>(LINK_RULES, linkMismatches);

/** The options of connections. @throws `MR_CONFIG_INVALID_OPTION`, `MR_CLUSTER_FILES_UNUSABLE`. */
export async function hostLinkOptions(asked: AskedHost, storage: Storage): Promise<NatsLinkOptions> {
  const input = { ...(await linkInput(asked, storage)), clientName: `millrace-host-${asked.name}` };
  return validateOptions({ owner: 'millrace-host', schema, secrets: CONNECTION_SECRETS, input }).options;
}
