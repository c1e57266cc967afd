import { ManualClock, SeededRandom } from '@millrace/core';
import type { DriverProgram } from '@millrace/core/engine';
import { RecordingLogger } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { remoteOptions } from '../test/remote-options.ts';
import type { ExecutorLauncher } from './executor-launcher.ts';
import { memoryConnector } from './memory-connection.ts';
import { RemoteExecutorBackend } from './remote-executor-backend.ts';

function backendOf(
  over: Pick<ExecutorLauncher, 'spansHosts' | 'serves' | 'onPlaces'>,
): RemoteExecutorBackend {
  return new RemoteExecutorBackend({
    launcher: {
      ...memoryConnector(),
      ...over,
      places: 1,
      launch: () => {
        throw new Error('nothing is launched');
      },
    },
    clock: new ManualClock(),
    random: new SeededRandom(1),
    log: new RecordingLogger(),
    options: remoteOptions({}),
    name: 'memory',
  });
}

describe('RemoteExecutorBackend', () => {
  it('spans hosts when its launcher does, from its construction on (BACKEND-29)', () => {
    expect(backendOf({}).spansHosts).toBe(false);
    expect(backendOf({ spansHosts: true }).spansHosts).toBe(true);
  });

  it('serves the masters of its launcher (BACKEND-31)', () => {
    const serves = { words: 'nats://a', has: (master: string) => master === 'nats://a' };
    expect(backendOf({ serves }).serves).toBe(serves);
    expect('serves' in backendOf({}) && backendOf({}).serves).toBeFalsy();
  });

  it('tells the newest reason why an executor is missing (BACKEND-33)', async () => {
    const backend = backendOf({ onPlaces: () => undefined });
    expect(backend.newestFailure).toBeUndefined();
    const membership = { onExecutorAdded: () => undefined, onExecutorLost: () => undefined };
    const program = {
      membership,
      application: 'app',
      fingerprint: '',
      shape: [],
    } as unknown as DriverProgram;
    const starting = backend.start(program);
    await new ManualClock().advance(0);
    expect(backend.newestFailure).toMatchObject({ message: 'nothing is launched' });
    await backend.stop();
    await expect(starting).rejects.toMatchObject({ code: 'MR_REMOTE_STOPPED' });
  });
});
