// Runs the implementations of core against the kits. The test is in this package because core depends on no other
// package; the report belongs to core.
import {
  FileCheckpointStore,
  ManualClock,
  MemoryBlockStore,
  MemoryCheckpointStore,
  MsgpackCodec,
} from '@millrace/core';
import {
  CapacityRateEstimatorFactory,
  LoadBalancedSchedulingPolicy,
  MemoryReceivedBlockHandler,
} from '@millrace/core/engine';
import { describe, it } from 'vitest';
import {
  blockStoreConformance,
  checkpointsOnStorage,
  checkpointStoreConformance,
  clockConformance,
  codecConformance,
  rateEstimatorConformance,
  receivedBlockHandlerConformance,
  schedulingPolicyConformance,
} from '../src/conformance/index.ts';
import { RecordingLogger } from '../src/recording-logger.ts';
import { manualClockTarget } from './manual-clock-target.ts';

const test = { describe, it };
const module = new URL('../../core/src/index.ts', import.meta.url);

receivedBlockHandlerConformance(test, {
  name: 'MemoryReceivedBlockHandler',
  module,
  capabilities: { durability: 'memory' },
  create: () => ({ handler: new MemoryReceivedBlockHandler(new MemoryBlockStore()) }),
});

checkpointStoreConformance(test, {
  name: 'FileCheckpointStore',
  module,
  capabilities: { durability: 'machine' },
  create: checkpointsOnStorage({
    createStore: (ports) => new FileCheckpointStore({ directory: '/checkpoints', ...ports }),
    pathOf: (batchTime) => `/checkpoints/checkpoint-${batchTime}`,
    pathOfPart: (part) => `/checkpoints/part-${part}`,
  }),
});

checkpointStoreConformance(test, {
  name: 'MemoryCheckpointStore',
  module,
  capabilities: { durability: 'memory' },
  create: () => {
    const log = new RecordingLogger();
    const store = new MemoryCheckpointStore({ log });
    return { createStore: () => store, warnings: () => log.messages('warn').length };
  },
});

blockStoreConformance(test, {
  name: 'MemoryBlockStore',
  module,
  capabilities: { maxBytes: 10_000 },
  create: () => ({ store: new MemoryBlockStore({ maxBytes: 10_000 }) }),
});

clockConformance(test, {
  name: 'ManualClock',
  module,
  capabilities: { lateMsMax: 0 },
  create: () => manualClockTarget(new ManualClock(1_000_000)),
});

codecConformance(test, { name: 'MsgpackCodec', module, create: () => new MsgpackCodec() });

schedulingPolicyConformance(test, {
  name: 'LoadBalancedSchedulingPolicy',
  module,
  capabilities: { honoursWishes: true },
  create: () => ({ policy: new LoadBalancedSchedulingPolicy() }),
});

rateEstimatorConformance(test, {
  name: 'CapacityRateEstimatorFactory',
  module,
  create: () => new CapacityRateEstimatorFactory(),
});
