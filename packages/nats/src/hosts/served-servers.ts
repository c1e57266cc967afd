// The masters that hosts behind these servers serve: an address with the same servers, in any order.
import type { ServedMasters } from '@millrace/core/engine';
import { LINK_RULES, type NatsLinkOptions, serversOf } from '../link/link-options.ts';

const SCHEME = 'nats://';

/** The values of `master` for these servers, for instance `nats://a,b,c`. */
export function servedServers(options: Pick<NatsLinkOptions, 'servers'>): ServedMasters {
  const own = serversOf(options).toSorted();
  return {
    words: `${SCHEME}${own.join(',')}`,
    has: (master) => {
      if (!master.startsWith(SCHEME) || !LINK_RULES.servers.accepts(master)) return false;
      return serversOf({ servers: master }).toSorted().join() === own.join();
    },
  };
}
