import { settle } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { SendWindow } from './send-window.ts';

/** Sends messages of these sizes; `done` ends the oldest one under way. */
function sending(limits: { readonly messages: number; readonly bytes: number }, sizes: readonly number[]) {
  const window = new SendWindow(limits);
  const begun: number[] = [];
  const open: PromiseWithResolvers<void>[] = [];
  const all = sizes.map((bytes, n) =>
    window.run(bytes, () => {
      begun.push(n);
      const message = Promise.withResolvers<void>();
      open.push(message);
      return message.promise;
    }),
  );
  return {
    window,
    begun,
    all,
    done: () => open.shift()?.resolve(),
    fail: () => open.shift()?.reject(new Error('no')),
  };
}

describe('the window of unacknowledged messages', () => {
  it('has a bound on messages, and keeps the order', async () => {
    const { begun, done } = sending({ messages: 2, bytes: 100 }, [1, 1, 1, 1]);
    await settle();
    expect(begun).toEqual([0, 1]);
    done();
    await settle();
    expect(begun).toEqual([0, 1, 2]);
  });

  it('has a bound on bytes, and no small message overtakes a large one', async () => {
    const { begun, done } = sending({ messages: 10, bytes: 100 }, [60, 60, 1]);
    await settle();
    expect(begun).toEqual([0]);
    done();
    await settle();
    expect(begun).toEqual([0, 1, 2]);
  });

  it('lets a message above the bound go alone', async () => {
    const { begun, done } = sending({ messages: 10, bytes: 100 }, [500, 1]);
    await settle();
    expect(begun).toEqual([0]);
    done();
    await settle();
    expect(begun).toEqual([0, 1]);
  });

  it('has room again after a failure', async () => {
    const { window, begun, all, fail, done } = sending({ messages: 1, bytes: 100 }, [1, 1]);
    await settle();
    fail();
    await expect(all[0]).rejects.toThrow('no');
    await settle();
    expect(begun).toEqual([0, 1]);
    done();
    await all[1];
    expect(window.messages).toBe(0);
  });
});
