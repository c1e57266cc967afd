// The sets of options with generated tables, by the name in the marker.
import { workloadOptions } from '../../packages/harness/src/run/workload-config.ts';
import { OBSERVER_OPTION_RULES } from '../../packages/observe/src/observer-options.ts';
import { dashboardOptions } from '../../packages/dashboard/src/dashboard.options.ts';
import { openTelemetryOptions } from '../../packages/opentelemetry/src/open-telemetry.options.ts';
import { FIXED_OPTION_RULES, PID_OPTION_RULES } from '../../packages/scheduling/src/rates/rates.module.ts';
import { BACK_PRESSURE_OPTION_RULES } from '../../packages/engine/src/batches/back-pressure-options.ts';
import { CONTEXT_OPTION_RULES } from '../../packages/engine/src/context/context-options.ts';
import { EXECUTOR_ALLOCATION_OPTION_RULES } from '../../packages/engine/src/batches/executor-allocation-options.ts';
import { BATCH_OPTION_RULES } from '../../packages/engine/src/batches/batch-options.ts';
import { ASYNC_OPTION_RULES } from '../../packages/engine/src/rdd/async-options.ts';
import { TASK_OPTION_RULES } from '../../packages/engine/src/jobs/task-options.ts';
import { RECEIVING_OPTION_RULES } from '../../packages/engine/src/receiving/receiving-options.ts';
import { TRACKING_OPTION_RULES } from '../../packages/engine/src/tracking/tracking-options.ts';
import { NATS_BLOCKS_RULES } from '../../packages/nats/src/blocks/nats-blocks.options.ts';
import { NATS_HOSTS_RULES } from '../../packages/nats/src/hosts/nats-hosts.options.ts';
import { NATS_LEASE_RULES } from '../../packages/nats/src/lease/nats-lease.options.ts';
import { CLUSTER_RULES } from '../../packages/nats/src/servers/cluster-options.ts';
import { threadsOptionsSchema } from '../../packages/threads/src/threads.options.ts';
import { fileWriteAheadLogOptionsSchema } from '../../packages/wal/src/file-write-ahead-log.options.ts';
import { CONNECTOR_OPTION_SETS, NATS_CONNECTION_FILES } from './connector-option-sets.ts';
import type { OptionSet } from './option-tables.ts';

/** All sets. */
export const OPTION_SETS: ReadonlyMap<string, OptionSet> = new Map<string, OptionSet>([
  ['context', { rules: CONTEXT_OPTION_RULES, files: ['packages/engine/src/context/context-options.ts'] }],
  [
    'backPressure',
    {
      rules: BACK_PRESSURE_OPTION_RULES,
      files: ['packages/engine/src/batches/back-pressure-options.ts'],
    },
  ],
  [
    'executorAllocation',
    {
      rules: EXECUTOR_ALLOCATION_OPTION_RULES,
      files: ['packages/engine/src/batches/executor-allocation-options.ts'],
    },
  ],
  ['batches', { rules: BATCH_OPTION_RULES, files: ['packages/engine/src/batches/batch-options.ts'] }],
  [
    'receiving',
    { rules: RECEIVING_OPTION_RULES, files: ['packages/engine/src/receiving/receiving-options.ts'] },
  ],
  ['tasks', { rules: TASK_OPTION_RULES, files: ['packages/engine/src/jobs/task-options.ts'] }],
  ['mapAsync', { rules: ASYNC_OPTION_RULES, files: ['packages/engine/src/rdd/async-options.ts'] }],
  ['tracking', { rules: TRACKING_OPTION_RULES, files: ['packages/engine/src/tracking/tracking-options.ts'] }],
  [
    'pidRateEstimation',
    { rules: PID_OPTION_RULES, files: ['packages/scheduling/src/rates/pid-rate-estimator.ts'] },
  ],
  [
    'fixedRateEstimation',
    { rules: FIXED_OPTION_RULES, files: ['packages/scheduling/src/rates/rates.module.ts'] },
  ],
  ['workload', { rules: workloadOptions, files: ['packages/harness/src/run/workload-config.ts'] }],
  ['dashboard', { rules: dashboardOptions, files: ['packages/dashboard/src/dashboard.options.ts'] }],
  [
    'openTelemetry',
    {
      rules: openTelemetryOptions,
      files: ['packages/opentelemetry/src/open-telemetry.options.ts'],
    },
  ],
  ['observer', { rules: OBSERVER_OPTION_RULES, files: ['packages/observe/src/observer-options.ts'] }],
  [
    'natsBlocks',
    {
      rules: NATS_BLOCKS_RULES,
      files: [
        'packages/nats/src/blocks/nats-blocks.options.ts',
        'packages/nats/src/servers/cluster-options.ts',
        'packages/nats/src/servers/server-checks.ts',
        'packages/nats/src/link/link-options.ts',
        ...NATS_CONNECTION_FILES,
      ],
    },
  ],
  [
    'natsHosts',
    {
      rules: NATS_HOSTS_RULES,
      files: [
        'packages/nats/src/hosts/nats-hosts.options.ts',
        'packages/nats/src/link/link-options.ts',
        ...NATS_CONNECTION_FILES,
      ],
    },
  ],
  [
    'natsLease',
    {
      rules: NATS_LEASE_RULES,
      files: [
        'packages/nats/src/lease/nats-lease.options.ts',
        'packages/nats/src/servers/cluster-options.ts',
        'packages/nats/src/servers/server-checks.ts',
        'packages/nats/src/link/link-options.ts',
        ...NATS_CONNECTION_FILES,
      ],
    },
  ],
  [
    'natsLog',
    {
      rules: CLUSTER_RULES,
      files: [
        'packages/nats/src/servers/cluster-options.ts',
        'packages/nats/src/servers/server-checks.ts',
        'packages/nats/src/link/link-options.ts',
        ...NATS_CONNECTION_FILES,
      ],
    },
  ],
  ['threads', { rules: threadsOptionsSchema, files: ['packages/threads/src/threads.options.ts'] }],
  [
    'fileWriteAheadLog',
    {
      rules: fileWriteAheadLogOptionsSchema,
      files: ['packages/wal/src/file-write-ahead-log.options.ts'],
    },
  ],
  ...CONNECTOR_OPTION_SETS,
]);
