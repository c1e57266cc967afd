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
