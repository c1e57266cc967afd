import { coreError } from '@millrace/core';
import { type ExecutorScaling } from '@millrace/core/engine';
import { RecordingExecutorBackend } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { watchedBackend } from './watched-backend.ts';

const denied = coreError('MR_STORAGE_DENIED', 'read-only');

function watched(over: Partial<ExecutorScaling> = {}) {
  const inner = new RecordingExecutorBackend();
  inner.addExecutor('a');
  const scaling = { wanted: 1, maxUseful: 2, add: () => undefined, retire: async () => undefined, ...over };
  const fatal: unknown[] = [];
  const backend = watchedBackend(
    Object.assign(inner, { scaling, isRemote: true, spansHosts: true }),
    (error) => fatal.push(error),
  );
  return { inner, scaling, fatal, backend };
}

describe('watchedBackend', () => {
  it('reports an answer that no retry can heal, and rejects as before', async () => {
    const { inner, backend, fatal } = watched();
    inner.answer('Forget', () => {
      throw new Error('a transport failed', { cause: denied });
    });
    const answer = backend.ask('a', 'Forget', { epoch: 1, blockIds: [], rddIds: [] });
    await expect(answer).rejects.toThrow('a transport failed');
    expect(fatal).toEqual([denied]);
  });

  it('does not report errors that a retry may heal', async () => {
    const { backend, fatal } = watched();
    const answer = backend.ask('nobody', 'Forget', { epoch: 1, blockIds: [], rddIds: [] });
    await expect(answer).rejects.toMatchObject({ code: 'MR_EXECUTOR_UNREACHABLE' });
    expect(fatal).toEqual([]);
  });

  it('also watches the stop of executors, and shows the current number of executors', async () => {
    const { scaling, backend, fatal } = watched({ retire: () => Promise.reject(denied) });
    scaling.wanted = 5;
    expect([backend.scaling?.wanted, backend.isRemote, backend.spansHosts]).toEqual([5, true, true]);
    await expect(backend.scaling?.retire('a')).rejects.toBe(denied);
    expect(fatal).toEqual([denied]);
  });
});
