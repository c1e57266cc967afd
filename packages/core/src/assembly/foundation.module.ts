// The common parts of every engine, present without any plugin. The foundation is an ordinary plugin, so that the same
// rules check, describe and replace its parts; only its layer is the lowest.
import { BlockStore } from '../contracts/block-store.ts';
import { Clock } from '../contracts/clock.ts';
import { Codec } from '../contracts/codec.ts';
import { CONTRACT_VERSION } from '../contracts/contract-version.ts';
import { Logger } from '../contracts/logger.ts';
import { ProcessRole } from '../contracts/process-role.ts';
import { RandomSource } from '../contracts/random-source.ts';
import { RateEstimatorFactory } from '../contracts/rate-estimator.ts';
import { ReceivedBlockHandler } from '../contracts/received-block-handler.ts';
import { SchedulingPolicy } from '../contracts/scheduling-policy.ts';
import { Storage } from '../contracts/storage.ts';
import { ThreadMeter } from '../contracts/thread-meter.ts';
import { MsgpackCodec } from '../codec/msgpack-codec.ts';
import { MemoryBlockStore } from '../memory/memory-block-store.ts';
import { MemoryReceivedBlockHandler } from '../memory/memory-received-block-handler.ts';
import { NodeStorage } from '../node/node-storage.ts';
import { NodeThreadMeter } from '../node/node-thread-meter.ts';
import { PinoLogger } from '../node/pino-logger.ts';
import { SystemRandom } from '../random/system-random.ts';
import { CapacityRateEstimatorFactory } from '../rates/capacity-rate-estimator.ts';
import { LoadBalancedSchedulingPolicy } from '../scheduling/load-balanced-scheduling-policy.ts';
import { SystemClock } from '../time/system-clock.ts';
import { pluginModule } from './plugin-module.ts';
import manifest from '@millrace/core/package.json' with { type: 'json' };
import { noOptions } from './no-options.ts';
import { definePlugin } from './define-plugin.ts';
import type { Plugin } from './plugin.ts';

/** The default site of a program: the driver. A named class, so that `describe()` can print the name. */
class DriverRole implements ProcessRole {
  /** No executor serves here. */
  readonly executor?: never;
}

/** The ports of the foundation, bound to the implementations in this package. */
export const foundation: () => Plugin = definePlugin({
  name: '@millrace/core',
  version: manifest.version,
  contract: CONTRACT_VERSION,
  provides: [
    Clock,
    RandomSource,
    Logger,
    Storage,
    Codec,
    ProcessRole,
    BlockStore,
    ReceivedBlockHandler,
    SchedulingPolicy,
    RateEstimatorFactory,
    ThreadMeter,
  ],
  optionsSchema: noOptions,
  module: () =>
    pluginModule((bind) => {
      bind(Clock).toResolvedValue(() => new SystemClock());
      bind(RandomSource).toResolvedValue(() => new SystemRandom());
      bind(Logger).toResolvedValue(() => new PinoLogger());
      bind(Storage).toResolvedValue(() => new NodeStorage());
      bind(Codec).toResolvedValue(() => new MsgpackCodec());
      bind(ProcessRole).toResolvedValue(() => new DriverRole());
      bind(BlockStore).toResolvedValue(() => new MemoryBlockStore());
      bind(ReceivedBlockHandler).toResolvedValue(
        (blockStore) => new MemoryReceivedBlockHandler(blockStore),
        [BlockStore],
      );
      bind(SchedulingPolicy).toResolvedValue(() => new LoadBalancedSchedulingPolicy());
      bind(RateEstimatorFactory).toResolvedValue(() => new CapacityRateEstimatorFactory());
      bind(ThreadMeter).toResolvedValue(() => new NodeThreadMeter());
    }),
});
