import { describe, expect, it } from 'vitest';
import { Lifecycle } from './lifecycle.ts';

/** Resources that record the calls of their methods; the resources named in `failing` fail at a call. */
function resources(names: readonly string[], failing: readonly string[] = []) {
  const calls: string[] = [];
  const call = async (what: string): Promise<void> => {
    calls.push(what);
    if (failing.includes(what)) throw new Error(`${what} failed`);
  };
  const instances = names.map((name) => ({
    name,
    instance: { open: () => call(`open ${name}`), close: () => call(`close ${name}`) },
  }));
  return { calls, instances, lifecycle: new Lifecycle(instances) };
}

describe('Lifecycle', () => {
  it('opens in start order and closes in reverse', async () => {
    const { calls, lifecycle } = resources(['log', 'threads']);
    await lifecycle.open();
    await lifecycle.close();
    expect(calls).toEqual(['open log', 'open threads', 'close threads', 'close log']);
  });

  it('opens an object bound to two ports once', async () => {
    const { calls, instances } = resources(['log']);
    await new Lifecycle([...instances, ...instances]).open();
    expect(calls).toEqual(['open log']);
  });

  it('ignores objects without open and close, and an open that belongs to the port', async () => {
    const opened: unknown[] = [];
    const storage = { open: (path: string) => opened.push(path) };
    const lifecycle = new Lifecycle(
      [storage, {}, 'text', undefined, () => 1].map((instance) => ({ name: 'x', instance })),
    );
    await lifecycle.open();
    await lifecycle.close();
    expect(opened).toEqual([]);
  });

  it('closes objects with only a close', async () => {
    const closed: number[] = [];
    const lifecycle = new Lifecycle([{ name: 'log', instance: { close: () => void closed.push(1) } }]);
    await lifecycle.open();
    await lifecycle.close();
    expect(closed).toEqual([1]);
  });

  it('closes opened objects in reverse when another one fails to open', async () => {
    const { calls, lifecycle } = resources(['a', 'b', 'c'], ['open b']);
    await expect(lifecycle.open()).rejects.toMatchObject({
      code: 'MR_BOOT_OPEN_FAILED',
      message: 'b could not be opened: open b failed',
      cause: { message: 'open b failed' },
    });
    expect(calls).toEqual(['open a', 'open b', 'close b', 'close a']);
    await lifecycle.close();
    expect(calls).toHaveLength(4);
  });

  it('keeps errors of closing after a failed open', async () => {
    const { lifecycle } = resources(['a', 'b'], ['open b', 'close a']);
    await expect(lifecycle.open()).rejects.toMatchObject({
      code: 'MR_BOOT_OPEN_FAILED',
      cause: { errors: [{ message: 'open b failed' }, { message: 'a: close a failed' }] },
    });
  });

  it('attempts every close and keeps all errors', async () => {
    const { calls, lifecycle } = resources(['a', 'b', 'c'], ['close c', 'close a']);
    await lifecycle.open();
    await expect(lifecycle.close()).rejects.toMatchObject({
      errors: [
        { message: 'c: close c failed', cause: { message: 'close c failed' } },
        { message: 'a: close a failed' },
      ],
    });
    expect(calls.slice(3)).toEqual(['close c', 'close b', 'close a']);
  });

  it('opens once and closes once, for any number of calls', async () => {
    const { calls, lifecycle } = resources(['a'], ['close a']);
    await Promise.all([lifecycle.open(), lifecycle.open()]);
    await expect(lifecycle.close()).rejects.toThrow(AggregateError);
    await expect(lifecycle.close()).rejects.toThrow('closing failed for a: close a failed');
    expect(calls).toEqual(['open a', 'close a']);
  });

  it('waits for a pending open before closing', async () => {
    const { calls, lifecycle } = resources(['a', 'b']);
    const opening = lifecycle.open();
    await lifecycle.close();
    await opening;
    expect(calls).toEqual(['open a', 'open b', 'close b', 'close a']);
  });

  it('has one life', async () => {
    const { calls, lifecycle } = resources(['a']);
    await lifecycle.close();
    await expect(lifecycle.open()).rejects.toMatchObject({ code: 'MR_BOOT_CLOSED' });
    expect(calls).toEqual([]);
  });

  it('reports a failed open only to the opener', async () => {
    const { lifecycle } = resources(['a'], ['open a']);
    const opening = lifecycle.open();
    await lifecycle.close();
    await expect(opening).rejects.toMatchObject({ code: 'MR_BOOT_OPEN_FAILED' });
  });
});
