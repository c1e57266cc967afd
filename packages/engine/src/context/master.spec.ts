import type { ExecutorBackend } from '@millrace/core';
import { RecordingExecutorBackend } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { InProcessExecutorBackend } from '../executor/in-process-executor-backend.ts';
import { chooseExecutors, executorsAskedFor } from './master.ts';
import { StreamingContext } from './streaming-context.ts';

describe('master', () => {
  it.each([
    ['local', 'in-process'],
    ['local[1]', 1],
    ['local[16]', 16],
    ['local[*]', 'one-per-core'],
    ['local[0]', undefined],
    ['local[]', undefined],
    ['local[2] ', undefined],
    ['spark://host', undefined],
  ])('%s asks for %s', (master, asked) => {
    expect(executorsAskedFor(master)).toBe(asked);
  });

  it('names the package to install when no plugin provides threads', () => {
    expect(() => new StreamingContext({ appName: 'a', batchIntervalMs: 100, master: 'local[2]' })).toThrow(
      expect.objectContaining({
        code: 'MR_CONTEXT_EXECUTORS_NOT_INSTALLED',
        message: expect.stringContaining('npm install @millrace/threads'),
      }),
    );
  });

  it('names the package as well when the backend cannot add executors', () => {
    const options = { appName: 'a', batchIntervalMs: 100, executorAllocation: true };
    expect(() => new StreamingContext(options)).toThrow(
      expect.objectContaining({
        code: 'MR_CONTEXT_EXECUTORS_NOT_INSTALLED',
        message: expect.stringContaining('does not support scaling: npm install @millrace/threads'),
      }),
    );
  });

  it('refuses an unknown master when the context is made', () => {
    const options = { appName: 'a', batchIntervalMs: 100, master: 'yarn' as 'local' };
    expect(() => new StreamingContext(options)).toThrow(
      expect.objectContaining({ code: 'MR_CONFIG_INVALID_OPTION' }),
    );
  });

  it('local stays in this process, whatever backend is bound', () => {
    const bound: ExecutorBackend = new RecordingExecutorBackend();
    expect(chooseExecutors('local', bound).backend).toBeInstanceOf(InProcessExecutorBackend);
    expect(chooseExecutors('local[3]', bound)).toEqual({ backend: bound, executors: 3 });
    expect(chooseExecutors(undefined, bound)).toEqual({ backend: bound });
  });
});
