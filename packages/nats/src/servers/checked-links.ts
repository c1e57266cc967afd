// The connections of one part of an application: opened once for each purpose, to servers that were looked at.
import type { Clock, Logger, RandomSource, Storage } from '@millrace/core';
import { ClientLinks } from '../link/client-links.ts';
import type { GivenLinks } from '../link/given-links.ts';
import { serversOf } from '../link/link-options.ts';
import type { NatsLinks } from '../link/nats-link.ts';
import { SharedLinks } from '../link/shared-links.ts';
import type { NatsClusterOptions } from './cluster-options.ts';
import { ANSWER_MS, checkServers } from './server-checks.ts';
import { askAllServers, type SystemAnswers } from './system-answers.ts';

/** Collaborators. */
export interface CheckedLinksDeps {
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly storage: Storage;
  readonly log: Logger;
  readonly options: NatsClusterOptions;
  /** Replaces the connections. Absent: connections to the servers of the options. */
  readonly given?: GivenLinks | undefined;
  /** True: the log says what nobody has looked at. One part of an application says so for all. Default false. */
  readonly isTold?: boolean;
  /** See `ClientLinksDeps`. */
  readonly isOwnServerFirst?: boolean;
}

/** Links whose servers are checked at the first use; see `checkServers` for the errors. */
export function checkedLinks(deps: CheckedLinksDeps): SharedLinks {
  const { clock, log, options, given, isTold = false } = deps;
  const links = given?.links ?? new ClientLinks(deps);
  const askSystem = options.systemUser === undefined ? undefined : () => systemAnswers(deps);
  const told = isTold ? { log } : {};
  return new SharedLinks(links, (link) => checkServers(link, { clock, options, askSystem, ...told }));
}

/** Asks all servers over a connection of the system user, which is closed again. */
export async function systemAnswers(deps: CheckedLinksDeps): Promise<SystemAnswers> {
  const { clock, random, options, given } = deps;
  const link = await (given?.links ?? systemLinks(deps)).open('control');
  try {
    const least = serversOf(options).length;
    const { inboxPrefix } = options;
    return await askAllServers(link, { clock, random, inboxPrefix, least, answerMs: ANSWER_MS });
  } finally {
    await link.close();
  }
}

function systemLinks(deps: CheckedLinksDeps): NatsLinks {
  const { username, password, token, credentialsFile, nkeyFile } = deps.options.systemUser ?? {};
  const user = { username, password, token, credentialsFile, nkeyFile };
  const clientName = `${deps.options.clientName}-system`;
  return new ClientLinks({ ...deps, options: { ...deps.options, ...user, clientName } });
}
