// Everything of an application on several machines, by one line.
import type { Plugin } from '@millrace/core';
import { natsBlocks } from './blocks/nats-blocks.module.ts';
import type { NatsBlocksOptions } from './blocks/nats-blocks.options.ts';
import { natsCheckpoints } from './checkpoints/nats-checkpoints.module.ts';
import { natsHosts } from './hosts/nats-hosts.module.ts';
import type { NatsHostsOptions } from './hosts/nats-hosts.options.ts';
import type { NatsLeaseOptions } from './lease/nats-lease.options.ts';
import { natsLease } from './lease/nats-lease.module.ts';
import type { NatsLinkOptions } from './link/link-options.ts';
import { natsLog } from './log/nats-log.module.ts';
import type { NatsClusterInput, NatsClusterOptions } from './servers/cluster-options.ts';

/** The options of servers and application, and the options of single parts. */
export interface NatsInput extends NatsClusterInput {
  /** Further options of `natsLease`. */
  readonly lease?: Partial<Omit<NatsLeaseOptions, keyof NatsClusterOptions>>;
  /** Further options of `natsBlocks`. */
  readonly blocks?: Partial<Omit<NatsBlocksOptions, keyof NatsClusterOptions>>;
  /** Further options of `natsHosts`. */
  readonly hosts?: Partial<Omit<NatsHostsOptions, keyof NatsLinkOptions>>;
}

/**
 * The plugins of an application on several machines: `natsLease`, `natsLog`, `natsBlocks`, `natsCheckpoints` and `natsHosts`. Without
 * the last one, a program of one machine has a replicated log and a driver that stands by.
 *
 * @throws `MR_CONFIG_INVALID_OPTION`.
 */
export function nats({ lease = {}, blocks = {}, hosts = {}, ...cluster }: NatsInput): Plugin[] {
  const { app: _app, replicas: _replicas, monitors: _monitors, syncVerified: _verified, ...link } = cluster;
  return [
    natsLease({ ...lease, ...cluster }),
    natsLog(cluster),
    natsBlocks({ ...blocks, ...cluster }),
    natsCheckpoints(cluster),
    natsHosts({ ...hosts, ...link }),
  ];
}
