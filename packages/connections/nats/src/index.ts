// The public names of @millrace/connection-nats.
export {
  CONNECTION_RULES,
  CONNECTION_SECRETS,
  connectionMismatches,
  describeServer,
  secretsOf,
  serversOf,
} from './connection-options.ts';
export type { NatsConnectionInput, NatsConnectionOptions } from './connection-options.ts';
export { CREDENTIAL_RULES, credentialMismatches, credentialSettings } from './credentials.ts';
export type { NatsCredentialOptions } from './credentials.ts';
export { isTlsAmbiguous, TLS_NAME_EXPECTED, tlsSettings } from './tls-settings.ts';
export { jetStreamOf } from './jetstream.ts';
export type { JetStreamDomain } from './jetstream.ts';
export { failureKind, failureMessage, isUnknownStream } from './nats-failure.ts';
export type { FailedNatsAction, NatsFailureKind } from './nats-failure.ts';
export { NatsServerLink } from './nats-server-link.ts';
export type { NatsServerLinkDeps } from './nats-server-link.ts';
