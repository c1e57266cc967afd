// Executors on threads as a plugin. The same line of the program has two meanings: on the driver, a backend that
// launches threads; inside such a thread, the session of an executor, whose log goes to the driver.
import { isMainThread, workerData } from 'node:worker_threads';
import {
  pluginModule,
  Clock,
  definePlugin,
  ExecutorBackend,
  Logger,
  ProcessRole,
  RandomSource,
  type PluginFactory,
} from '@millrace/core';
import type { z } from 'zod';
import {
  ChannelExecutorSession,
  ChannelLogger,
  NoExecutorBackend,
  RemoteExecutorBackend,
  threadConnector,
  WorkerTransport,
} from '@millrace/remote';
import manifest from '@millrace/threads/package.json' with { type: 'json' };
import { SESSION_KEY, ThreadLauncher, type WorkerSessionData } from './thread-launcher.ts';
import { threadsOptionsSchema } from './threads.options.ts';

const common = {
  name: '@millrace/threads',
  version: manifest.version,
  contract: 1,
  optionsSchema: threadsOptionsSchema,
} as const;

const onDriver = definePlugin({
  ...common,
  provides: [ExecutorBackend],
  module: (options) =>
    pluginModule((bind) => {
      bind(ExecutorBackend).toResolvedValue(
        (clock, random, log) =>
          new RemoteExecutorBackend({
            name: 'threads',
            launcher: new ThreadLauncher(options),
            clock,
            random,
            log,
            options,
          }),
        [Clock, RandomSource, Logger],
      );
    }),
});

const onExecutor = (session: WorkerSessionData) =>
  definePlugin({
    ...common,
    provides: [ExecutorBackend, ProcessRole, Logger],
    overrides: [Logger],
    module: () => {
      const end = new WorkerTransport(session.port);
      const { slot, application } = session;
      const executor = new ChannelExecutorSession({ slot, application, end, connector: threadConnector });
      return pluginModule((bind) => {
        bind(ProcessRole).toConstantValue({ executor });
        bind(Logger).toResolvedValue(() => new ChannelLogger((line) => end.post(line)));
        bind(ExecutorBackend).toResolvedValue(() => new NoExecutorBackend());
      });
    },
  });

/** The launch parameters of this thread as an executor; undefined on the driver. */
function ownSession(): WorkerSessionData | undefined {
  if (isMainThread || typeof workerData !== 'object' || workerData === null) return undefined;
  return (workerData as { [SESSION_KEY]?: WorkerSessionData })[SESSION_KEY];
}

/**
 * Executors on threads: `new StreamingContext({ master: 'local[4]', plugins: [threads()], … })`. Each thread loads the
 * script that started the process; if that script is not the program, pass `program: import.meta.url`.
 *
 * @throws `MR_CONFIG_INVALID_OPTION`.
 */
export const threads: PluginFactory<z.input<typeof threadsOptionsSchema>> = (options) => {
  const session = ownSession();
  return session === undefined ? onDriver(options) : onExecutor(session)(options);
};
