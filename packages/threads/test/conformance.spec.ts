// The conformance of the backend. Executors are on connections in memory, as in the virtual cluster;
// `threads.int.spec.ts` covers the difference between these connections and real threads.
import { ManualClock, type MillraceError, SeededRandom } from '@millrace/core';
import type { ExecutorProgram } from '@millrace/core/engine';
import { RecordingLogger } from '@millrace/testing';
import { type ExecutorBackendTarget, executorBackendConformance } from '@millrace/testing/conformance';
import { describe, it } from 'vitest';
import { ChannelExecutorSession } from '../src/executor-session.ts';
import type { ExecutorLauncher } from '../src/executor-launcher.ts';
import { memoryConnector, MemoryEnd } from '../src/memory-connection.ts';
import { ThreadExecutorBackend } from '../src/thread-executor-backend.ts';
import { threadsError } from '../src/threads-errors.ts';
import { threadsOptionsSchema } from '../src/threads.options.ts';

function create(program: ExecutorProgram): ExecutorBackendTarget {
  const clock = new ManualClock(10_000);
  const exits = new Map<string, (reason: MillraceError) => void>();
  const launcher: ExecutorLauncher = {
    ...memoryConnector(),
    slotName: (index) => `${index}`,
    launch: ({ slot, application }) => {
      const [end, far] = MemoryEnd.pair();
      const ends = [end];
      let exited: ((reason: MillraceError) => void) | undefined;
      const exit = (reason: MillraceError): void => {
        for (const own of ends) own.close();
        exited?.(reason);
        exited = undefined;
      };
      exits.set(slot, exit);
      const adopt = (attachment: unknown): MemoryEnd => {
        ends.push(attachment as MemoryEnd);
        return attachment as MemoryEnd;
      };
      const session = new ChannelExecutorSession({ slot, application, end: far, connector: { adopt } });
      session.serve(program).catch((reason: MillraceError) => exit(reason));
      return {
        end,
        onExit: (listener) => (exited = listener),
        terminate: async () => exit(threadsError('MR_THREADS_EXITED', 'terminated')),
      };
    },
  };
  const backend = new ThreadExecutorBackend({
    launcher,
    clock,
    random: new SeededRandom(1),
    log: new RecordingLogger(),
    options: threadsOptionsSchema.parse({}),
    availableCores: 3,
  });
  return {
    backend,
    kill: (executorId) => {
      const [, slot = ''] = /^thread-(\d+)/.exec(executorId) ?? [];
      exits.get(slot)?.(threadsError('MR_THREADS_EXITED', 'killed'));
    },
    pass: (ms) => clock.advance(ms),
  };
}

executorBackendConformance(
  { describe, it },
  { name: 'ThreadExecutorBackend', module: import.meta.url, capabilities: { executors: 3 }, create },
);
