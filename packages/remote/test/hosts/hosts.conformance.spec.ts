// The backend over hosts against its kit: three executors on two virtual hosts, with spare slots.
import { coreError } from '@millrace/core';
import type { ExecutorProgram } from '@millrace/core/engine';
import { type ExecutorBackendTarget, executorBackendConformance } from '@millrace/testing/conformance';
import { describe, it } from 'vitest';
import { VirtualHosts } from './virtual-hosts.ts';

function create(program: ExecutorProgram): ExecutorBackendTarget {
  const network = new VirtualHosts(program);
  const hosts = [network.host('h1', 4), network.host('h2', 4)];
  return {
    backend: network.backend({ executors: 3 }),
    kill: (executorId) => {
      for (const { executors } of hosts)
        executors.get(executorId)?.exit(coreError('MR_EXECUTOR_UNREACHABLE', 'killed'));
    },
    pass: (ms) => network.clock.advance(ms),
    dispose: async () => {
      for (const { agent } of hosts) await agent.leave();
    },
  };
}

executorBackendConformance(
  { describe, it },
  {
    name: 'RemoteExecutorBackend over hosts',
    module: import.meta.url,
    capabilities: { executors: 3 },
    create,
  },
);
