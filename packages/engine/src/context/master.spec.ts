import { ExecutorBackend, provide } from '@millrace/core';
import { RecordingExecutorBackend } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { InProcessExecutorBackend } from '../executor/in-process-executor-backend.ts';
import { chooseExecutors, executorsAskedFor, isMaster } from './master.ts';
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

  it.each(['nats://a', 'nats://a:4222,b:4222', 'tls+nats://a/x'])('%s is an address', (master) => {
    expect(isMaster(master)).toBe(true);
  });

  it.each(['nats://', '://a', 'nats://me:secret@a', 'nats://a b', 'NATS://a', 4222])(
    '%s is none',
    (master) => {
      expect(isMaster(master)).toBe(false);
    },
  );

  /** A backend that serves one address. */
  const hosts = (): ExecutorBackend =>
    Object.assign(new RecordingExecutorBackend(), {
      serves: { words: 'nats://a,b', has: (master: string) => master === 'nats://a,b' },
    });

  it('chooses the backend that serves the address (BACKEND-31)', () => {
    const bound = hosts();
    expect(chooseExecutors('nats://a,b', bound)).toEqual({ backend: bound, at: 'nats://a,b' });
    const plugins = [provide(ExecutorBackend, bound)];
    const ssc = new StreamingContext({ appName: 'a', batchIntervalMs: 100, master: 'nats://a,b', plugins });
    expect(ssc.describe()).toContain('recording, at nats://a,b');
  });

  it.each([
    ['nats://other', hosts(), 'which serve nats://a,b', 'add natsHosts()'],
    ['local[2]', hosts(), 'which serve nats://a,b', 'add threads()'],
    ['nats://a,b', new RecordingExecutorBackend(), 'which serve local[N]', 'npm install @millrace/nats'],
    ['nats://a,b', new InProcessExecutorBackend(), 'which serve local;', 'npm install @millrace/nats'],
    ['spark://host', hosts(), 'which serve nats://a,b', 'add a plugin whose executors are there'],
  ] as const)(
    'refuses %s when the executors are elsewhere, with the remedy',
    (master, bound, serves, remedy) => {
      for (const words of [serves, remedy]) {
        const error = {
          code: 'MR_CONTEXT_MASTER_NOT_SERVED',
          message: expect.stringContaining(words) as string,
        };
        expect(() => chooseExecutors(master, bound)).toThrow(expect.objectContaining(error));
      }
    },
  );

  it('local stays in this process, whatever backend is bound', () => {
    const bound: ExecutorBackend = new RecordingExecutorBackend();
    expect(chooseExecutors('local', bound).backend).toBeInstanceOf(InProcessExecutorBackend);
    expect(chooseExecutors('local[3]', bound)).toEqual({ backend: bound, executors: 3 });
    expect(chooseExecutors(undefined, bound)).toEqual({ backend: bound });
  });
});
