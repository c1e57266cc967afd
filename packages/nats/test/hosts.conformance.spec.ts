// The backend on hosts against its kit: sessions, beats and requests over servers in memory. Executors are sessions in this
// process instead of threads.
import { coreError, ManualClock, type MillraceError, MsgpackCodec, SeededRandom } from '@millrace/core';
import type { ExecutorProgram } from '@millrace/core/engine';
import { FakeNats } from '@millrace/nats/testing';
import {
  ChannelExecutorSession,
  type ExecutorExit,
  type ExecutorRunner,
  HostAgent,
  HostLauncher,
  RemoteExecutorBackend,
} from '@millrace/remote';
import { RecordingLogger } from '@millrace/testing';
import { type ExecutorBackendTarget, executorBackendConformance } from '@millrace/testing/conformance';
import { describe, it } from 'vitest';
import { NatsDriverWire, NatsHostWire } from '../src/hosts/host-wires.ts';
import { ownVersions } from '../src/hosts/own-versions.ts';
import { ServerChanges } from '../src/link/server-changes.ts';
import { SubjectSessions } from '../src/session/subject-sessions.ts';

const APP = 'conformance';
const OPTIONS = {
  executors: 3,
  cores: 2,
  heartbeatMs: 1_000,
  heartbeatTimeoutMs: 30_000,
  startTimeoutMs: 30_000,
  restartDelayMs: 500,
  restartDelayMaxMs: 30_000,
};

function create(served: ExecutorProgram): ExecutorBackendTarget {
  const clock = new ManualClock(10_000);
  const random = new SeededRandom(1);
  const log = new RecordingLogger();
  const codec = new MsgpackCodec();
  const nats = new FakeNats({ clock, random, servers: 3 });
  const program = { digest: 'digest', versions: ownVersions() };
  const running = new Map<string, (reason: MillraceError) => void>();

  /** An executor with a link of its own. */
  const runner: ExecutorRunner = {
    run: ({ session, slot, executorId, application }) => {
      const link = nats.connect();
      const sessions = new SubjectSessions({ link, app: APP, clock, random, codec, log });
      let exited: ((exit: ExecutorExit) => void) | undefined;
      const exit = (reason: MillraceError): void => {
        // A dead process closes no session.
        void link.close();
        running.delete(executorId);
        exited?.({ reason, isQuiet: false });
        exited = undefined;
      };
      running.set(executorId, exit);
      const end = sessions.open({ session, side: 'b' });
      new ChannelExecutorSession({ slot: `${slot}`, application, end, connector: sessions })
        .serve(served)
        .catch((reason: MillraceError) => exit(reason));
      return {
        onExit: (listener) => (exited = listener),
        terminate: async () => exit(coreError('MR_EXECUTOR_UNREACHABLE', 'terminated')),
      };
    },
  };
  const agents = ['h1', 'h2'].map((host, index) => {
    const link = nats.connect({ server: `n${index + 1}` });
    const driver = new ServerChanges({ clock, link });
    const wire = new NatsHostWire({ link, app: APP, codec, log, driver }, host);
    const description = { ...program, host, incarnation: random.id(8), slots: 4, cores: 2 };
    const agent = new HostAgent({ description, wire, runner, clock, log });
    agent.start();
    return agent;
  });
  const link = nats.connect({ server: 'n3' });
  const sessions = new SubjectSessions({ link, app: APP, clock, random, codec, log });
  const launcher = new HostLauncher({
    wire: new NatsDriverWire({ link, app: APP, codec, log }),
    connector: sessions,
    newSession: () => sessions.newName(),
    openSession: (session) => sessions.open({ session, side: 'a' }),
    clock,
    random,
    log,
    program,
    argv: [],
  });
  return {
    backend: new RemoteExecutorBackend({
      name: 'nats-hosts',
      launcher,
      clock,
      random,
      log,
      options: OPTIONS,
    }),
    kill: (executorId) => running.get(executorId)?.(coreError('MR_EXECUTOR_UNREACHABLE', 'killed')),
    pass: (ms) => clock.advance(ms),
    dispose: async () => {
      for (const agent of agents) await agent.leave();
    },
  };
}

executorBackendConformance(
  { describe, it },
  {
    name: 'natsHosts',
    module: import.meta.url,
    capabilities: { executors: 3, isPeerLossSilent: true },
    create,
  },
);
