// The public names of @millrace/nats, listed one by one.
export { CLUSTER_ERROR_CODES } from './cluster-errors.ts';
export type {
  NatsHeaders,
  NatsLink,
  NatsLinks,
  LinkMessage,
  NatsServerInfo,
  NatsSubscription,
  PublishOptions,
  RequestOptions,
  TakeMessage,
} from './link/nats-link.ts';
export { ClientLinks } from './link/client-links.ts';
export type { ClientLinksDeps } from './link/client-links.ts';
export type { NatsLinkOptions } from './link/link-options.ts';

// Executors on hosts
export { natsHosts } from './hosts/nats-hosts.module.ts';
export { natsHostsOptions } from './hosts/nats-hosts.options.ts';
export type { NatsHostsInput, NatsHostsOptions } from './hosts/nats-hosts.options.ts';

// Everything
export { nats } from './nats.ts';
export type { NatsInput } from './nats.ts';

// The driver in charge
export { natsLease } from './lease/nats-lease.module.ts';
export { natsLeaseOptions } from './lease/nats-lease.options.ts';
export type { NatsLeaseInput, NatsLeaseOptions } from './lease/nats-lease.options.ts';

// Checkpoints
export { natsCheckpoints } from './checkpoints/nats-checkpoints.module.ts';

// The log of the driver
export { natsLog } from './log/nats-log.module.ts';
export { natsLogOptions } from './log/nats-log.options.ts';
export type { NatsClusterInput, NatsClusterOptions } from './servers/cluster-options.ts';

// Blocks
export { natsBlocks } from './blocks/nats-blocks.module.ts';
export { natsBlocksOptions } from './blocks/nats-blocks.options.ts';
export type { NatsBlocksInput, NatsBlocksOptions } from './blocks/nats-blocks.options.ts';
