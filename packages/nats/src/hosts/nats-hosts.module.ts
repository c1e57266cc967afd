// Executors on hosts as a plugin. The same line of the program has two meanings: on the driver, a backend that launches
// executors on the hosts of the application; in the thread of such an executor, the session with the driver.
import { CONNECTION_SECRETS } from '@millrace/connection-nats';
import {
  Clock,
  definePlugin,
  ExecutorBackend,
  Logger,
  NodeStorage,
  NoopLogger,
  type PluginFactory,
  pluginModule,
  ProcessRole,
  RandomSource,
  Storage,
  SystemClock,
  SystemRandom,
} from '@millrace/core';
import manifest from '@millrace/nats/package.json' with { type: 'json' };
import { NoExecutorBackend, RemoteExecutorBackend } from '@millrace/remote';
import { ClientLinks } from '../link/client-links.ts';
import { type GivenLinks, LINKS_IF_ANY } from '../link/given-links.ts';
import { executorOnHost } from './executor-on-host.ts';
import { type HostExecutorData, ownExecutorData } from './host-executor-data.ts';
import { LateLink } from './late-link.ts';
import { NatsHostLauncher } from './nats-host-launcher.ts';
import { type NatsHostsInput, natsHostsOptions } from './nats-hosts.options.ts';

const common = {
  name: '@millrace/nats/hosts',
  version: manifest.version,
  contract: 1,
  optionsSchema: natsHostsOptions,
  secrets: CONNECTION_SECRETS,
} as const;

const onDriver = definePlugin({
  ...common,
  provides: [ExecutorBackend],
  module: (options) =>
    pluginModule((bind) => {
      bind(ExecutorBackend).toResolvedValue(
        (clock, random, log, storage, given: GivenLinks | undefined) => {
          const links =
            given?.links ?? new ClientLinks({ clock, random, storage, log, options, isOwnServerFirst: true });
          const launcher = new NatsHostLauncher({ links, clock, random, storage, log, options });
          return new RemoteExecutorBackend({ name: 'nats-hosts', launcher, clock, random, log, options });
        },
        [Clock, RandomSource, Logger, Storage, LINKS_IF_ANY],
      );
    }),
});

const onExecutor = (data: HostExecutorData) =>
  definePlugin({
    ...common,
    provides: [ExecutorBackend, ProcessRole, Logger],
    overrides: [Logger],
    module: () => {
      const [clock, random] = [new SystemClock(), new SystemRandom()];
      const { executor, log } = executorOnHost({ data, link: ownLink(data, clock, random), clock, random });
      return pluginModule((bind) => {
        bind(ProcessRole).toConstantValue({ executor });
        bind(Logger).toResolvedValue(() => log);
        bind(ExecutorBackend).toResolvedValue(() => new NoExecutorBackend());
      });
    },
  });

/** The connection of the thread. */
function ownLink({ link: options }: HostExecutorData, clock: Clock, random: RandomSource): LateLink {
  const storage = new NodeStorage();
  const links = new ClientLinks({ clock, random, log: new NoopLogger(), storage, options });
  return new LateLink(links.open('control'));
}

/**
 * Executors on the hosts of an application: `new StreamingContext({ plugins: [natsHosts({ servers: 'nats://a,b,c' })], … })`.
 * Every host runs `millrace-host` with the same program. `tracking.minExecutors` is the number of executors to wait for.
 *
 * @throws `MR_CONFIG_INVALID_OPTION`.
 */
export const natsHosts: PluginFactory<NatsHostsInput> = (options) => {
  const data = ownExecutorData();
  return data === undefined ? onDriver(options) : onExecutor(data)(options);
};
