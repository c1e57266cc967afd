// Checkpoints on JetStream, as a plugin.
import {
  CheckpointStore,
  Clock,
  definePlugin,
  Logger,
  pluginModule,
  RandomSource,
  Storage,
} from '@millrace/core';
import manifest from '@millrace/nats/package.json' with { type: 'json' };
import { type LeaseRenewals, RENEWALS_IF_ANY } from '../streams/lease-renewals.ts';
import { type GivenLinks, LINKS_IF_ANY } from '../link/given-links.ts';
import { natsLogOptions } from '../log/nats-log.options.ts';
import { CLUSTER_SECRETS } from '../servers/cluster-options.ts';
import { checkedLinks } from '../servers/checked-links.ts';
import { NatsCheckpoints } from './nats-checkpoints.ts';

/**
 * Checkpoints in streams of three servers, which a driver on another machine finds: `natsCheckpoints({ servers, app, monitors })`.
 *
 * @throws `MR_CONFIG_INVALID_OPTION`.
 */
export const natsCheckpoints = definePlugin({
  name: '@millrace/nats/checkpoints',
  version: manifest.version,
  contract: 1,
  provides: [CheckpointStore],
  optionsSchema: natsLogOptions,
  secrets: CLUSTER_SECRETS,
  module: (options) =>
    pluginModule((bind) => {
      bind(CheckpointStore).toResolvedValue(
        (clock, random, storage, log, renewals: LeaseRenewals | undefined, given: GivenLinks | undefined) => {
          const links = checkedLinks({ clock, random, storage, log, options, given, isOwnServerFirst: true });
          const { app, replicas } = options;
          return new NatsCheckpoints({ links, clock, random, log, app, replicas, renewals });
        },
        [Clock, RandomSource, Storage, Logger, RENEWALS_IF_ANY, LINKS_IF_ANY],
      );
    }),
});
