// The lease of an application on JetStream, as a plugin.
import { Clock, definePlugin, Logger, pluginModule, RandomSource, Storage } from '@millrace/core';
import { DriverLease } from '@millrace/core/engine';
import manifest from '@millrace/nats/package.json' with { type: 'json' };
import { clusterError } from '../cluster-errors.ts';
import { type GivenLinks, LINKS_IF_ANY } from '../link/given-links.ts';
import { serversOf } from '../link/link-options.ts';
import { ownServerName } from '../link/own-server.ts';
import { streamName } from '../servers/app-names.ts';
import { CLUSTER_SECRETS } from '../servers/cluster-options.ts';
import { checkedLinks } from '../servers/checked-links.ts';
import { streamConfig } from '../servers/stream-plan.ts';
import { LEASE_RENEWALS, LeaseRenewals } from '../streams/lease-renewals.ts';
import { LeadersAway } from './leaders-away.ts';
import { natsLeaseOptions } from './nats-lease.options.ts';
import { NatsLease } from './nats-lease.ts';

/**
 * One driver of an application is in charge, the others stand by: `natsLease({ servers: 'nats://a,b,c', app: 'delays', monitors })`.
 * A driver that dies is replaced within about six seconds. Together with `natsLog`, which keeps a replaced driver from writing.
 *
 * @throws `MR_CONFIG_INVALID_OPTION`.
 */
export const natsLease = definePlugin({
  name: '@millrace/nats/lease',
  version: manifest.version,
  contract: 1,
  provides: [DriverLease, LEASE_RENEWALS],
  optionsSchema: natsLeaseOptions,
  secrets: CLUSTER_SECRETS,
  module: (options) =>
    pluginModule((bind) => {
      bind(LEASE_RENEWALS).toResolvedValue((clock) => new LeaseRenewals(clock), [Clock]);
      bind(DriverLease).toResolvedValue(
        (clock, random, storage, log, renewals, given: GivenLinks | undefined) => {
          const links = checkedLinks({ clock, random, storage, log, options, given, isOwnServerFirst: true });
          // Servers of given links are on no machine.
          const found = async () =>
            given === undefined ? ownServerName(serversOf(options), { clock }) : undefined;
          return new NatsLease({
            links,
            clock,
            random,
            log,
            renewals,
            leaders: new LeadersAway({
              clock,
              log,
              streams: [streamName(options.app, 'CTL'), streamName(options.app, 'META')],
              ownServer: async () => options.ownServer ?? found(),
            }),
            plan: (application) => {
              if (application === options.app) return streamConfig(options.app, 'CTL', options);
              const message = `expected the appName of the program in the option app, got ${options.app} and ${application}`;
              throw clusterError('MR_CLUSTER_APP_NAME', message, { details: { application } });
            },
          });
        },
        [Clock, RandomSource, Storage, Logger, LEASE_RENEWALS, LINKS_IF_ANY],
      );
    }),
});
