// An engine without a world: time that stands still until a test moves it, chance from a seed, files in memory, log
// lines that can be read back. One plugin puts them all in place.
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
import manifest from '@millrace/testing/package.json' with { type: 'json' };
import { MemoryStorage } from './memory-storage.ts';
import { RecordingLogger } from './recording-logger.ts';

/** What a virtual world consists of. */
export interface VirtualPorts {
  readonly clock: ManualClock;
  readonly random: RandomSource;
  readonly storage: MemoryStorage;
  readonly log: RecordingLogger;
  /** Provides the four of them to an engine. */
  readonly plugin: Plugin;
}

/** How a virtual world begins. */
export interface VirtualPortsOptions {
  /** Wall time at the start, in milliseconds since the epoch. Default 0. */
  readonly startMs?: number;
  /** The seed of chance. Default 1. */
  readonly seed?: number | string;
  /** The disk, for instance that of an earlier world; default an empty one. */
  readonly storage?: MemoryStorage;
}

/** Makes a virtual world of its own. */
export function virtualPorts(options: VirtualPortsOptions = {}): VirtualPorts {
  const { startMs = 0, seed = 1 } = options;
  const clock = new ManualClock(startMs);
  const random = new SeededRandom(seed);
  const storage = options.storage ?? new MemoryStorage({ clock });
  const log = new RecordingLogger();
  const plugin = definePlugin({
    name: '@millrace/testing/virtual-ports',
    version: manifest.version,
    contract: 1,
    provides: [Clock, RandomSource, Storage, Logger],
    optionsSchema: noOptions,
    module: () =>
      pluginModule((bind) => {
        bind(Clock).toConstantValue(clock);
        bind(RandomSource).toConstantValue(random);
        bind(Storage).toConstantValue(storage);
        bind(Logger).toConstantValue(log);
      }),
  });
  return { clock, random, storage, log, plugin: plugin() };
}
