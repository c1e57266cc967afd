// The options of `natsLog`.
import { schemaByTable } from '@millrace/core/engine';
import {
  CLUSTER_RULES,
  clusterMismatches,
  type NatsClusterInput,
  type NatsClusterOptions,
} from '../servers/cluster-options.ts';

/** Describes the options of `natsLog`. */
export const natsLogOptions = schemaByTable<NatsClusterInput, NatsClusterOptions>(
  CLUSTER_RULES,
  clusterMismatches,
);
