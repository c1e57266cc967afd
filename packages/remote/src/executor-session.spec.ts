import { settle } from '@millrace/testing';
import type { ExecutorProgram, PeerGone } from '@millrace/core/engine';
import { describe, expect, it } from 'vitest';
import type { FromDriver } from './envelope.ts';
import { ChannelExecutorSession } from './executor-session.ts';
import { memoryConnector, MemoryEnd } from './memory-connection.ts';
import { RpcChannel } from './rpc-channel.ts';

/** A session that serves, with a connection to the executor `e-1`. */
async function servingSession() {
  const [driver, end] = MemoryEnd.pair();
  const [peer, far] = MemoryEnd.pair();
  const [data, host] = MemoryEnd.pair();
  const asked: string[] = [];
  const session = new ChannelExecutorSession({
    slot: '0',
    application: 'app',
    end,
    connector: memoryConnector(),
    data,
  });
  const endpoint = { ask: async (kind: string) => void asked.push(kind), close: async () => undefined };
  const program = {
    application: 'app',
    fingerprint: 'f',
    shape: [],
    createExecutor: () => endpoint,
    close: async () => undefined,
  };
  void session.serve(program as unknown as ExecutorProgram);
  driver.onMessage(() => undefined);
  const executor = { executorId: 'e-0', host: 'h', cores: 1 };
  driver.post({ type: 'welcome', executor } satisfies FromDriver);
  driver.postWith({ type: 'peer', executorId: 'e-1' } satisfies FromDriver, peer);
  await settle();
  let isClosed = false;
  far.onClose(() => (isClosed = true));
  return { driver, asked, far, host, isClosed: () => isClosed };
}

describe('ChannelExecutorSession', () => {
  it('serves other executors with data only, over connections and the server of its host: the other requests belong to the driver', async () => {
    const { asked, far, host } = await servingSession();
    for (const end of [far, host]) {
      const other = new RpcChannel({
        end,
        answer: async () => undefined,
        unreachable: (kind) => new Error(`nobody answers ${kind}`),
      });
      await other.ask('FetchBlock', {});
      for (const kind of ['RunTask', 'PeerGone', 'toString'])
        await expect(other.ask(kind, {})).rejects.toMatchObject({ code: 'MR_EXECUTOR_MESSAGE_INVALID' });
    }
    expect(asked).toEqual(['FetchBlock', 'FetchBlock']);
  });

  it('closes the connection to an executor that the driver reports as gone, and tells the engine', async () => {
    const { driver, asked, isClosed } = await servingSession();
    const request: PeerGone = { epoch: 1, executorId: 'e-1' };
    driver.post({ type: 'ask', id: 0, kind: 'PeerGone', request });
    await settle();
    expect([isClosed(), asked]).toEqual([true, ['PeerGone']]);
  });

  it('keeps the connections to other executors', async () => {
    const { driver, isClosed } = await servingSession();
    driver.post({ type: 'ask', id: 0, kind: 'PeerGone', request: { epoch: 1, executorId: 'e-2' } });
    await settle();
    expect(isClosed()).toBe(false);
  });
});
