// Executors on hosts as a plugin. The same line of the program has two meanings: on the driver, a backend that launches
// executors on the hosts of the application; in the thread of such an executor, the session with the driver.
import { CONNECTION_SECRETS } from '@millrace/connection-nats';
import {
  Clock,
  definePlugin,
  ExecutorBackend,
  Logger,
  MsgpackCodec,
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
import {
  ChannelExecutorSession,
  ChannelLogger,
  type Connector,
  DataFetcher,
  directAdoption,
  NoExecutorBackend,
  RemoteExecutorBackend,
  WorkerTransport,
} from '@millrace/remote';
import { ClientLinks } from '../link/client-links.ts';
import { type GivenLinks, LINKS_IF_ANY } from '../link/given-links.ts';
import { ServerChanges } from '../link/server-changes.ts';
import { SubjectSessions } from '../session/subject-sessions.ts';
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
      const { sessions, link } = executorSessions(data);
      const { session, slot, app } = data;
      // Heartbeats are acknowledged every second.
      const driver = new ServerChanges({ clock: new SystemClock(), link });
      const end = sessions.open({ session, side: 'b' }, () => driver.heard());
      const executor = new ChannelExecutorSession({
        slot,
        application: app,
        end,
        connector: { adopt: peersOf(data, sessions, new ChannelLogger((line) => end.post(line))) },
        data: data.direct?.port && new WorkerTransport(data.direct.port),
      });
      return pluginModule((bind) => {
        bind(ProcessRole).toConstantValue({ executor });
        bind(Logger).toResolvedValue(() => new ChannelLogger((line) => end.post(line)));
        bind(ExecutorBackend).toResolvedValue(() => new NoExecutorBackend());
      });
    },
  });

/** Other executors: over sessions, and blocks and buckets from the data servers of their hosts. */
function peersOf({ direct }: HostExecutorData, sessions: SubjectSessions, log: Logger): Connector['adopt'] {
  if (direct === undefined) return sessions.adopt;
  const { secret, tls } = direct;
  const deps = { clock: new SystemClock(), random: new SystemRandom(), codec: new MsgpackCodec() };
  return directAdoption({
    ...deps,
    log,
    adopt: sessions.adopt,
    fetcher: new DataFetcher({ ...deps, secret, tls }),
  });
}

/** The connection lives as long as the thread, before and after the ports of the engine. */
function executorSessions({ app, link: options }: HostExecutorData): {
  readonly sessions: SubjectSessions;
  readonly link: LateLink;
} {
  const [clock, random, log] = [new SystemClock(), new SystemRandom(), new NoopLogger()];
  const links = new ClientLinks({ clock, random, log, storage: new NodeStorage(), options });
  const link = new LateLink(links.open('control'));
  const sessions = new SubjectSessions({ link, app, clock, random, codec: new MsgpackCodec(), log });
  return { sessions, link };
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
