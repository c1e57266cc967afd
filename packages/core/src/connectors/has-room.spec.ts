import { describe, expect, it } from 'vitest';
import { hasRoom } from './has-room.ts';

const context = (ready: () => Promise<void>) => {
  const abort = new AbortController();
  return { abort, context: { ready, signal: abort.signal } };
};

describe('hasRoom', () => {
  it('is true when the engine takes records again', async () => {
    expect(await hasRoom(context(() => Promise.resolve()).context)).toBe(true);
  });

  it('is false when the receiver is stopped meanwhile, with and without an error', async () => {
    const quiet = context(() => Promise.resolve());
    quiet.abort.abort();
    expect(await hasRoom(quiet.context)).toBe(false);
    const loud = context(() => Promise.reject(new Error('stopped')));
    loud.abort.abort();
    expect(await hasRoom(loud.context)).toBe(false);
  });

  it('fails with the error of a running receiver', async () => {
    const failed = context(() => Promise.reject(new Error('blocks are lost')));
    await expect(hasRoom(failed.context)).rejects.toThrow('blocks are lost');
  });
});
