// The backend against its kit. Executors are sessions on connections in memory, as in the virtual cluster. The package of
// each transport proves its own launcher and connections.
import { coreError, ManualClock, type MillraceError, SeededRandom } from '@millrace/core';
import type { ExecutorProgram } from '@millrace/core/engine';
import { RecordingLogger } from '@millrace/testing';
import { type ExecutorBackendTarget, executorBackendConformance } from '@millrace/testing/conformance';
import { describe, it } from 'vitest';
import { channelPeer } from '../src/channel-peer.ts';
import { ChannelExecutorSession } from '../src/executor-session.ts';
import type { ExecutorExit, ExecutorLauncher } from '../src/executor-launcher.ts';
import { memoryConnector, MemoryEnd } from '../src/memory-connection.ts';
import { RemoteExecutorBackend } from '../src/remote-executor-backend.ts';
import type { Connector } from '../src/transport.ts';
import { remoteOptions } from './remote-options.ts';

function create(program: ExecutorProgram): ExecutorBackendTarget {
  const clock = new ManualClock(10_000);
  const exits = new Map<string, (reason: MillraceError) => void>();
  const launcher: ExecutorLauncher = {
    ...memoryConnector(),
    places: 3,
    launch: ({ index, life, application }) => {
      const slot = `${index}`;
      const [end, far] = MemoryEnd.pair();
      const ends = [end];
      let exited: ((exit: ExecutorExit) => void) | undefined;
      const exit = (reason: MillraceError): void => {
        for (const own of ends) own.close();
        exited?.({ reason, isQuiet: false });
        exited = undefined;
      };
      exits.set(slot, exit);
      const adopt: Connector['adopt'] = (attachment, service) => {
        ends.push(attachment as MemoryEnd);
        return channelPeer(attachment as MemoryEnd, service);
      };
      const session = new ChannelExecutorSession({ slot, application, end: far, connector: { adopt } });
      session.serve(program).catch((reason: MillraceError) => exit(reason));
      return {
        executorId: life === 0 ? `executor-${slot}` : `executor-${slot}.${life}`,
        host: `host-${slot}`,
        end,
        onExit: (listener) => (exited = listener),
        terminate: async () => exit(coreError('MR_EXECUTOR_UNREACHABLE', 'terminated')),
      };
    },
  };
  const backend = new RemoteExecutorBackend({
    launcher,
    clock,
    random: new SeededRandom(1),
    log: new RecordingLogger(),
    options: remoteOptions({}),
    name: 'memory',
  });
  return {
    backend,
    kill: (executorId) => {
      const [, slot = ''] = /^executor-(\d+)/.exec(executorId) ?? [];
      exits.get(slot)?.(coreError('MR_EXECUTOR_UNREACHABLE', 'killed'));
    },
    pass: (ms) => clock.advance(ms),
  };
}

executorBackendConformance(
  { describe, it },
  { name: 'RemoteExecutorBackend', module: import.meta.url, capabilities: { executors: 3 }, create },
);
