import { coreError } from '@millrace/core';
import { settle } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { RpcChannel } from './rpc-channel.ts';
import { type Carrier, MemoryEnd } from './memory-connection.ts';

const unreachable = (kind: string) => coreError('MR_EXECUTOR_UNREACHABLE', `nobody answers ${kind}`);

/** Two sides; the second side replies with `answer`. */
function channelPair(answer: (kind: string, request: unknown) => Promise<unknown>, carry?: Carrier) {
  const [one, two] = MemoryEnd.pair(carry);
  const closed: string[] = [];
  const asker = new RpcChannel({
    end: one,
    answer: async () => undefined,
    unreachable,
    onClose: () => void closed.push('asker'),
  });
  const answerer = new RpcChannel({
    end: two,
    answer,
    unreachable,
    onClose: () => void closed.push('answerer'),
  });
  return { asker, answerer, closed };
}

describe('RpcChannel', () => {
  it('delivers each reply to its request', async () => {
    const { asker } = channelPair(async (kind, request) => `${kind} ${String(request)}`);
    expect(await Promise.all([asker.ask('a', 1), asker.ask('b', 2)])).toEqual(['a 1', 'b 2']);
  });

  it('returns an error with its code, disposition and details', async () => {
    const { asker } = channelPair(async () => {
      throw coreError('MR_WAL_FULL', 'no room', { details: { left: 0 } });
    });
    await expect(asker.ask('a', 1)).rejects.toMatchObject({
      code: 'MR_WAL_FULL',
      disposition: 'back-off',
      details: { left: 0 },
    });
  });

  it('rejects a request whose reply is not data, instead of leaving the request open', async () => {
    const { asker } = channelPair(async () => () => 'a function');
    await expect(asker.ask('a', 1)).rejects.toThrow(/could not be cloned/);
  });

  it('rejects a request that is not data', async () => {
    const { asker } = channelPair(async () => 1);
    await expect(asker.ask('a', () => 1)).rejects.toThrow(/could not be cloned/);
  });

  it('rejects open requests when the other side is gone, and later requests at once (BACKEND-8)', async () => {
    const { asker, answerer, closed } = channelPair(() => new Promise(() => {}));
    const open = asker.ask('a', 1);
    await settle();
    answerer.close();
    await expect(open).rejects.toMatchObject({ code: 'MR_EXECUTOR_UNREACHABLE' });
    await expect(asker.ask('b', 2)).rejects.toMatchObject({ code: 'MR_EXECUTOR_UNREACHABLE' });
    expect(closed.toSorted()).toEqual(['answerer', 'asker']);
  });

  it('drops repeated replies', async () => {
    const { asker } = channelPair(
      async (_, request) => request,
      (_, deliver) => {
        queueMicrotask(deliver);
        queueMicrotask(deliver);
      },
    );
    expect(await asker.ask('a', 1)).toBe(1);
    await settle();
    expect(await asker.ask('a', 2)).toBe(2);
  });

  it('transfers the bytes of a task without copying', async () => {
    const bytes = Uint8Array.of(1, 2, 3);
    const { asker } = channelPair(async () => ({ ok: true, value: bytes, isEncoded: true }));
    const reply = await asker.ask('RunTask', {});
    expect(reply).toEqual({ ok: true, value: Uint8Array.of(1, 2, 3), isEncoded: true });
    expect(bytes.byteLength).toBe(0);
  });
});
