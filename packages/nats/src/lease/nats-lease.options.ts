// The options of `natsLease`.
import { filledText, type OptionTable, schemaByTable } from '@millrace/core/engine';
import {
  CLUSTER_RULES,
  clusterMismatches,
  type NatsClusterInput,
  type NatsClusterOptions,
} from '../servers/cluster-options.ts';

/** The options of `natsLease`. */
export interface NatsLeaseOptions extends NatsClusterOptions {
  /**
   * The name of the server on this machine (`server_name`). A driver in charge moves the leaders of its log and its lease to other
   * servers, so the loss of its machine costs no election. Default: the only one of `servers` with an address of this machine.
   */
  readonly ownServer?: string | undefined;
}

/** The rules of `natsLease`. */
export const NATS_LEASE_RULES: OptionTable<NatsLeaseOptions> = {
  ...CLUSTER_RULES,
  ownServer: filledText('the name of a server'),
};

/** The required options, and any others. */
export type NatsLeaseInput = NatsClusterInput & Partial<NatsLeaseOptions>;

/** Describes the options of `natsLease`. */
export const natsLeaseOptions = schemaByTable<NatsLeaseInput, NatsLeaseOptions>(
  NATS_LEASE_RULES,
  clusterMismatches,
);
