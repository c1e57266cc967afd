// The parts of an executor on a host: the session with the driver over a link to come, and the ways to other executors.
import { type Clock, MsgpackCodec, NoopLogger, type RandomSource } from '@millrace/core';
import {
  ChannelExecutorSession,
  ChannelLogger,
  type Connector,
  DataFetcher,
  directAdoption,
  WorkerTransport,
} from '@millrace/remote';
import { ServerChanges } from '../link/server-changes.ts';
import { SubjectSessions } from '../session/subject-sessions.ts';
import type { HostExecutorData } from './host-executor-data.ts';
import type { LateLink } from './late-link.ts';

/** Collaborators of an executor. */
export interface ExecutorOnHostDeps {
  readonly data: Omit<HostExecutorData, 'link'>;
  /** The connection lives as long as the executor, before and after the ports of the engine. */
  readonly link: LateLink;
  readonly clock: Clock;
  readonly random: RandomSource;
}

/** An executor. */
export interface ExecutorOnHost {
  /** The role of the program's copy. */
  readonly executor: ChannelExecutorSession;
  /** The log of the executor, whose lines go to the driver. */
  readonly log: ChannelLogger;
}

/** Opens the executor's end of the session that the driver has named in the launch. */
export function executorOnHost({ data, link, clock, random }: ExecutorOnHostDeps): ExecutorOnHost {
  const { session, slot, app, direct } = data;
  const sessions = new SubjectSessions({
    link,
    app,
    clock,
    random,
    codec: new MsgpackCodec(),
    log: new NoopLogger(),
  });
  // Heartbeats are acknowledged every second.
  const driver = new ServerChanges({ clock, link });
  const end = sessions.open({ session, side: 'b' }, () => driver.heard());
  const log = new ChannelLogger((line) => end.post(line));
  const executor = new ChannelExecutorSession({
    slot,
    application: app,
    end,
    connector: { adopt: direct === undefined ? sessions.adopt : directly(direct, sessions) },
    data: direct?.port && new WorkerTransport(direct.port),
  });
  return { executor, log };

  /** Blocks and buckets come from the data servers of the hosts of other executors, all else over sessions. */
  function directly(
    { secret, tls }: NonNullable<HostExecutorData['direct']>,
    { adopt }: SubjectSessions,
  ): Connector['adopt'] {
    const deps = { clock, random, codec: new MsgpackCodec() };
    return directAdoption({ ...deps, log, adopt, fetcher: new DataFetcher({ ...deps, secret, tls }) });
  }
}
