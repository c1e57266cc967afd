import { coreError, type ExecutorBackend, type ExecutorEndpoint, type ExecutorProgram } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { numbersOf, outcomeOf, problemsOf } from '../../../test/assert-kit.ts';
import { EXECUTOR_BACKEND_KIT, type ExecutorBackendSubject } from './executor-backend-conformance.ts';

const BUGS = {
  'BACKEND-1.1': 'adds an executor twice',
  'BACKEND-2.1': 'adds before it is ready',
  'BACKEND-3.1': 'does not notice a death',
  'BACKEND-7.1': 'sends all to the first',
  'BACKEND-7.2': 'loses the code of an error',
  'BACKEND-8.1': 'waits for nobody',
  'BACKEND-9.1': 'hands over no driver',
  'BACKEND-12.1': 'gives two the same id',
  'BACKEND-13.1': 'closes nothing',
  'BACKEND-13.2': 'stops only what was started',
} as const;
type Bug = (typeof BUGS)[keyof typeof BUGS];

function subjectWith(bug?: Bug): ExecutorBackendSubject {
  const create = () => {
    const alive = new Map<string, ExecutorEndpoint>();
    let program: ExecutorProgram | undefined;
    const descriptionOf = (executorId: string) => ({ executorId, host: 'here', cores: 1 });
    const unreachable = () => coreError('MR_EXECUTOR_UNREACHABLE', 'not alive');
    const backend: ExecutorBackend = {
      name: 'test',
      start: async (started) => {
        program = started;
        for (const index of [0, 1, 2]) {
          const executorId =
            bug === 'gives two the same id' && index === 2 ? 'executor-1' : `executor-${index}`;
          const driver =
            bug === 'hands over no driver' ? { ask: () => Promise.reject(unreachable()) } : started.driver;
          const description = descriptionOf(executorId);
          if (bug === 'adds before it is ready') started.membership.onExecutorAdded(description);
          alive.set(executorId, started.createExecutor({ ...description, driver }));
          if (bug !== 'adds before it is ready') started.membership.onExecutorAdded(description);
          if (bug === 'adds an executor twice') started.membership.onExecutorAdded(description);
        }
      },
      executors: () => [...alive.keys()].map(descriptionOf),
      ask: async (executorId, kind, request) => {
        const asked = bug === 'sends all to the first' ? 'executor-0' : executorId;
        const endpoint = alive.get(asked);
        if (endpoint === undefined && bug === 'waits for nobody') return new Promise(() => undefined);
        if (endpoint === undefined) throw unreachable();
        if (bug !== 'loses the code of an error') return endpoint.ask(kind, request);
        return endpoint.ask(kind, request).catch((error: Error) => Promise.reject(new Error(error.message)));
      },
      stop: async () => {
        if (program === undefined && bug === 'stops only what was started')
          throw new TypeError('not started');
        const endpoints = [...alive.values()];
        alive.clear();
        if (bug !== 'closes nothing') await Promise.all(endpoints.map((endpoint) => endpoint.close()));
      },
    };
    return {
      backend,
      kill: (executorId: string) => {
        if (bug === 'does not notice a death') return;
        alive.delete(executorId);
        program?.membership.onExecutorLost(executorId, 'killed');
      },
    };
  };
  return { capabilities: { executors: 3 }, create };
}

describe('the kit of executor backends', () => {
  it('passes a backend that is right', async () => {
    expect(await problemsOf(EXECUTOR_BACKEND_KIT, subjectWith())).toEqual([]);
  });

  it('has a broken backend for every check', () => {
    expect(Object.keys(BUGS).toSorted()).toEqual(numbersOf(EXECUTOR_BACKEND_KIT));
  });

  it.each(Object.entries(BUGS))('%s fails a backend that %s', async (number, bug) => {
    expect(await outcomeOf(EXECUTOR_BACKEND_KIT, number, subjectWith(bug))).toBe(`failed ${number}`);
  });
});
