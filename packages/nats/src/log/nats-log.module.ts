// The log of a driver's decisions on JetStream, as a plugin.
import {
  Clock,
  definePlugin,
  Logger,
  pluginModule,
  RandomSource,
  Storage,
  WriteAheadLogFactory,
} from '@millrace/core';
import manifest from '@millrace/nats/package.json' with { type: 'json' };
import { clusterError } from '../cluster-errors.ts';
import { type LeaseRenewals, RENEWALS_IF_ANY } from '../streams/lease-renewals.ts';
import { type GivenLinks, LINKS_IF_ANY } from '../link/given-links.ts';
import { CLUSTER_SECRETS } from '../servers/cluster-options.ts';
import { checkedLinks } from '../servers/checked-links.ts';
import { streamConfig } from '../servers/stream-plan.ts';
import { natsLogOptions } from './nats-log.options.ts';
import { NatsLogFactory } from './nats-log-factory.ts';

/** The name under which the engine opens the log of its decisions (LOG-18). */
const METADATA_LOG = 'received-block-metadata';

/**
 * The log of the driver's decisions in a stream of three servers: `natsLog({ servers: 'nats://a,b,c', app: 'delays', monitors })`.
 * Another driver that opens the log takes the log over. `millrace-nats init` makes the stream.
 *
 * @throws `MR_CONFIG_INVALID_OPTION`.
 */
export const natsLog = definePlugin({
  name: '@millrace/nats/log',
  version: manifest.version,
  contract: 1,
  provides: [WriteAheadLogFactory],
  optionsSchema: natsLogOptions,
  secrets: CLUSTER_SECRETS,
  module: (options) =>
    pluginModule((bind) => {
      bind(WriteAheadLogFactory).toResolvedValue(
        (clock, random, storage, log, renewals: LeaseRenewals | undefined, given: GivenLinks | undefined) => {
          // The log of decisions says for all parts what nobody looks at.
          const links = checkedLinks({
            clock,
            random,
            storage,
            log,
            options,
            given,
            isTold: true,
            isOwnServerFirst: true,
          });
          return new NatsLogFactory({
            links,
            clock,
            random,
            log,
            renewals,
            inboxPrefix: options.inboxPrefix,
            plan: (name) => {
              if (name === METADATA_LOG) return streamConfig(options.app, 'META', options);
              const message = `natsLog keeps the log ${METADATA_LOG}, got ${name}: use another log for blocks`;
              throw clusterError('MR_CLUSTER_LOG_UNKNOWN', message, { details: { name } });
            },
          });
        },
        [Clock, RandomSource, Storage, Logger, RENEWALS_IF_ANY, LINKS_IF_ANY],
      );
    }),
});
