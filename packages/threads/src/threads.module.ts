// Executors on threads as a plugin. The same line of the program makes two different things: on the driver a backend that
// launches threads, and inside such a thread the seat of an executor, whose log goes to the driver.
import { availableParallelism } from 'node:os';
import { isMainThread, workerData } from 'node:worker_threads';
import {
  bindings,
  Clock,
  definePlugin,
  ExecutorBackend,
  Logger,
  ProgramSite,
  RandomSource,
  type PluginFactory,
} from '@millrace/core';
import type { z } from 'zod';
import { ChannelLogger } from './channel-logger.ts';
import { ChannelExecutorSeat } from './executor-seat.ts';
import { PACKAGE_VERSION } from './package-version.ts';
import { ThreadEnd, threadConnector } from './thread-end.ts';
import { ThreadExecutorBackend } from './thread-executor-backend.ts';
import { SEAT_KEY, ThreadLauncher, type ThreadSeatData } from './thread-launcher.ts';
import { threadsOptionsSchema } from './threads.options.ts';

const common = {
  name: '@millrace/threads',
  version: PACKAGE_VERSION,
  contract: 1,
  optionsSchema: threadsOptionsSchema,
} as const;

const onDriver = definePlugin({
  ...common,
  provides: [ExecutorBackend],
  module: (options) =>
    bindings((bind) => {
      bind(ExecutorBackend).toResolvedValue(
        (clock, random, log) =>
          new ThreadExecutorBackend({
            launcher: new ThreadLauncher(options),
            clock,
            random,
            log,
            options,
            availableCores: availableParallelism(),
          }),
        [Clock, RandomSource, Logger],
      );
    }),
});

const onExecutor = (seat: ThreadSeatData) =>
  definePlugin({
    ...common,
    provides: [ExecutorBackend, ProgramSite, Logger],
    overrides: [Logger],
    module: () => {
      const end = new ThreadEnd(seat.port);
      const { slot, application } = seat;
      const executor = new ChannelExecutorSeat({ slot, application, end, connector: threadConnector });
      return bindings((bind) => {
        bind(ProgramSite).toConstantValue({ executor });
        bind(Logger).toResolvedValue(() => new ChannelLogger((line) => end.post(line)));
        bind(ExecutorBackend).toResolvedValue(() => new NoBackend());
      });
    },
  });

/** Executors have no executors of their own: whoever asks for them is not the driver. */
class NoBackend implements ExecutorBackend {
  readonly name = 'executor';

  async start(): Promise<never> {
    throw new TypeError('an executor does not start executors');
  }

  executors(): readonly [] {
    return [];
  }

  async ask(): Promise<never> {
    throw new TypeError('an executor does not ask executors');
  }

  async stop(): Promise<void> {}
}

/** What this thread was told when it was launched as an executor; undefined on the driver. */
function ownSeat(): ThreadSeatData | undefined {
  if (isMainThread || typeof workerData !== 'object' || workerData === null) return undefined;
  return (workerData as { [SEAT_KEY]?: ThreadSeatData })[SEAT_KEY];
}

/**
 * Executors on threads: `new StreamingContext({ master: 'local[4]', plugins: [threads()], … })`. Each thread loads the
 * script that the process was started with; where that script is not the program, say `program: import.meta.url`.
 *
 * @throws `MR_CONFIG_INVALID_OPTION`.
 */
export const threads: PluginFactory<z.input<typeof threadsOptionsSchema>> = (options) => {
  const seat = ownSeat();
  return seat === undefined ? onDriver(options) : onExecutor(seat)(options);
};
