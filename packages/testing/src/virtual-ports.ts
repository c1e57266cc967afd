// The ports of an engine without an outside world: time that stands still until a test moves the clock, seeded
// randomness, files in memory, readable log lines, and a thread that the test describes. One plugin installs all ports.
import {
  pluginModule,
  Clock,
  definePlugin,
  Logger,
  ManualClock,
  noOptions,
  RandomSource,
  SeededRandom,
  Storage,
  type Plugin,
} from '@millrace/core';
import { ThreadMeter } from '@millrace/core/engine';
import manifest from '@millrace/testing/package.json' with { type: 'json' };
import { MemoryStorage } from './memory-storage.ts';
import { RecordingLogger } from './recording-logger.ts';
import { SettableThreadMeter } from './settable-thread-meter.ts';

/** The ports of a virtual world. */
export interface VirtualPorts {
  readonly clock: ManualClock;
  readonly random: RandomSource;
  readonly storage: MemoryStorage;
  readonly log: RecordingLogger;
  /** The driver's thread in the readings of `EngineGauges`. */
  readonly meter: SettableThreadMeter;
  /** Provides these ports to an engine. */
  readonly plugin: Plugin;
}

/** Options of a virtual world. */
export interface VirtualPortsOptions {
  /** Wall time at the start, in milliseconds since the epoch. Default 0. */
  readonly startMs?: number;
  /** The seed of the random source. Default 1. */
  readonly seed?: number | string;
  /** The disk, for instance the disk of an earlier world; an empty disk by default. */
  readonly storage?: MemoryStorage;
}

/** Creates a separate virtual world. */
export function virtualPorts(options: VirtualPortsOptions = {}): VirtualPorts {
  const { startMs = 0, seed = 1 } = options;
  const clock = new ManualClock(startMs);
  const random = new SeededRandom(seed);
  const storage = options.storage ?? new MemoryStorage({ clock });
  const log = new RecordingLogger();
  const meter = new SettableThreadMeter();
  const plugin = definePlugin({
    name: '@millrace/testing/virtual-ports',
    version: manifest.version,
    contract: 1,
    provides: [Clock, RandomSource, Storage, Logger, ThreadMeter],
    optionsSchema: noOptions,
    module: () =>
      pluginModule((bind) => {
        bind(Clock).toConstantValue(clock);
        bind(RandomSource).toConstantValue(random);
        bind(Storage).toConstantValue(storage);
        bind(Logger).toConstantValue(log);
        bind(ThreadMeter).toConstantValue(meter);
      }),
  });
  return { clock, random, storage, log, meter, plugin: plugin() };
}
