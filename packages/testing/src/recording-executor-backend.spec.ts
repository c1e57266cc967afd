import { describe, expect, it } from 'vitest';
import { RecordingExecutorBackend } from './recording-executor-backend.ts';

const unreachable = expect.objectContaining({ code: 'MR_EXECUTOR_UNREACHABLE' });

function setUp() {
  const backend = new RecordingExecutorBackend();
  const seen: string[] = [];
  backend.addExecutor('a');
  void backend.start({
    driver: { ask: () => Promise.reject(new Error('not asked here')) },
    membership: {
      onExecutorAdded: ({ executorId }) => seen.push(`+${executorId}`),
      onExecutorLost: (executorId) => seen.push(`-${executorId}`),
    },
  });
  return { backend, seen };
}

describe('RecordingExecutorBackend', () => {
  it('records requests and gives scripted answers', async () => {
    const { backend } = setUp();
    backend.answer('StopReceiver', (_executorId, { streamId }) => ({ recordsLeft: streamId }));
    const request = { epoch: 1, streamId: 4, message: 'stop', withinMs: 0 };
    expect(await backend.ask('a', 'StopReceiver', request)).toEqual({ recordsLeft: 4 });
    expect(backend.requests('StopReceiver')).toEqual([{ executorId: 'a', ...request }]);
  });

  it('announces executors that come and go', () => {
    const { backend, seen } = setUp();
    backend.addExecutor('b');
    backend.loseExecutor('a');
    expect(seen).toEqual(['+a', '+b', '-a']);
    expect(backend.executors().map(({ executorId }) => executorId)).toEqual(['b']);
  });

  it('rejects the pending and all later requests of a lost executor', async () => {
    const { backend } = setUp();
    backend.answer('CleanupOldBlocks', () => new Promise(() => undefined));
    const asked = backend.ask('a', 'CleanupOldBlocks', { epoch: 1, threshold: 0 });
    backend.loseExecutor('a');
    await expect(asked).rejects.toThrow(unreachable);
    await expect(backend.ask('a', 'Forget', { epoch: 1, blockIds: [], rddIds: [] })).rejects.toThrow(
      unreachable,
    );
  });
});
