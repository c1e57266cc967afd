import { coreError } from '@millrace/core';
import { TcpProxy } from '@millrace/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { BUCKETS, codec, DataRig, type DataRigOptions } from '../../test/data-rig.ts';
import { memoryConnector } from '../memory-connection.ts';
import type { PeerService } from '../transport.ts';
import { formatDataAddress } from './data-address.ts';
import { directAdoption, directPair } from './direct-connector.ts';

const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const bucket = new Uint8Array(60_000).fill(4);

/** Two executors with a session between them: `e-2` asks `e-1`, whose data server is behind a proxy. */
async function twoExecutors(
  options: DataRigOptions & { readonly hasServer?: boolean; readonly address?: string } = {},
) {
  const { answer = async () => ({ buckets: [bucket] }), hasServer = true } = options;
  const limits = { pieceBytes: 16_384, ...options.limits };
  const asked: string[] = [];
  const counted: NonNullable<DataRigOptions['answer']> = async (to, kind, request) => {
    asked.push(kind);
    return answer(to, kind, request);
  };
  const rig = await DataRig.start({ answer: counted, limits });
  const proxy = await TcpProxy.start({ port: rig.server.address.port });
  closers.push(
    () => rig.close(),
    () => proxy.close(),
  );
  const overSession: string[] = [];
  const connector = memoryConnector((message, deliver) => {
    const { kind } = message as { readonly kind?: string };
    if (kind !== undefined) overSession.push(kind);
    queueMicrotask(deliver);
  });
  const executor = (executorId: string) => ({ executorId, host: `host of ${executorId}`, cores: 1 });
  const pair = directPair(connector.pair, ({ executorId }) =>
    hasServer && executorId === 'e-1' ? (options.address ?? formatDataAddress(proxy)) : undefined,
  );
  const [toOne, toTwo] = pair(executor('e-2'), executor('e-1'));
  const { clock, log } = rig;
  const adopt = directAdoption({ adopt: connector.adopt, fetcher: rig.fetcher(), clock, codec, log, limits });
  const closed: string[] = [];
  const service = (executorId: string): PeerService => ({
    executorId,
    answer: (kind, request) => counted('e-1', kind as 'FetchBuckets', request),
    unreachable: (kind) => coreError('MR_EXECUTOR_UNREACHABLE', `${executorId} does not answer ${kind}`),
    onClose: () => void closed.push(executorId),
  });
  const one = adopt(toOne, service('e-1'));
  const two = adopt(toTwo, service('e-2'));
  const ask = async () => {
    let isOver = false;
    const outcome = one
      .ask(BUCKETS.kind, BUCKETS.request)
      .catch((error: unknown) => error)
      .finally(() => (isOver = true));
    const startMs = clock.monotonicMs();
    await rig.passUntil(() => isOver);
    return { outcome: await outcome, passedMs: clock.monotonicMs() - startMs };
  };
  return { rig, proxy, one, two, ask, asked, overSession, closed };
}

describe('two executors with a data server between them', () => {
  it('fetch buckets from the server, and nothing over their session', async () => {
    const { ask, overSession, asked } = await twoExecutors();
    expect((await ask()).outcome).toEqual({ buckets: [bucket] });
    expect([overSession, asked]).toEqual([[], ['FetchBuckets']]);
  });

  it('send every other request over their session', async () => {
    const { one, overSession } = await twoExecutors();
    await one.ask('PeerGone', {});
    expect(overSession).toEqual(['PeerGone']);
  });

  it('fetch over the session in pieces while their link is cut, and directly again afterwards', async () => {
    const { rig, proxy, ask, overSession } = await twoExecutors();
    proxy.goSilent();
    const first = await ask();
    expect(first.outcome).toEqual({ buckets: [bucket] });
    expect(first.passedMs).toBeGreaterThanOrEqual(6_000);
    expect(first.passedMs).toBeLessThan(10_000);
    expect(overSession[0]).toBe('BeginPieces');
    const { passedMs } = await ask();
    expect(passedMs).toBeLessThan(5_000);
    expect(overSession.filter((kind) => kind === 'BeginPieces')).toHaveLength(2);
    proxy.flow();
    await rig.clock.advance(30_000);
    const pieces = overSession.length;
    expect((await ask()).outcome).toEqual({ buckets: [bucket] });
    expect(overSession).toHaveLength(pieces);
    const detours = rig.log.lines.filter(({ message }) => /over its session/.test(message));
    expect(detours.map(({ fields }) => fields?.['executorId'])).toEqual(['e-1']);
  });

  it('fetch over the session when nobody listens at the address', async () => {
    const { proxy, ask } = await twoExecutors();
    await proxy.setReachable(false);
    expect((await ask()).outcome).toEqual({ buckets: [bucket] });
  });

  it('fetch over the session when one of them has no data server', async () => {
    const { ask, overSession } = await twoExecutors({ hasServer: false });
    expect((await ask()).outcome).toEqual({ buckets: [bucket] });
    expect(overSession[0]).toBe('BeginPieces');
  });

  it('fetch over the session when the address of the other one is none', async () => {
    const { ask, rig } = await twoExecutors({ address: 'nowhere' });
    expect((await ask()).outcome).toEqual({ buckets: [bucket] });
    expect(rig.log.lines[0]?.fields).toMatchObject({
      executorId: 'e-1',
      error: { code: 'MR_REMOTE_DATA_ADDRESS' },
    });
  });

  it('have few answers under way over their session, so that none gives its place to another', async () => {
    const { one } = await twoExecutors({
      hasServer: false,
      limits: { piecedAnswersMax: 4, pieceBytes: 1_000 },
    });
    const fetched = Array.from({ length: 12 }, () => one.ask(BUCKETS.kind, BUCKETS.request));
    expect(await Promise.all(fetched)).toHaveLength(12);
  });

  it('take an error of the executor as its answer, and no detour', async () => {
    const { ask, overSession } = await twoExecutors({
      answer: async () => {
        throw coreError('MR_EXECUTOR_STALE_EPOCH', 'epoch 2 is in charge');
      },
    });
    expect((await ask()).outcome).toMatchObject({ code: 'MR_EXECUTOR_STALE_EPOCH' });
    expect(overSession).toEqual([]);
  });

  it('give up requests under way when the driver reports the other one as gone', async () => {
    const { rig, one, ask } = await twoExecutors({ answer: () => new Promise(() => undefined) });
    const asked = ask();
    await expect.poll(() => rig.server.answers).toBe(1);
    one.close();
    expect((await asked).outcome).toMatchObject({ code: 'MR_EXECUTOR_UNREACHABLE' });
    expect((await ask()).outcome).toMatchObject({ code: 'MR_EXECUTOR_UNREACHABLE' });
    await expect.poll(() => rig.clock.pendingTimers).toBe(0);
  });

  it('give up requests under way when their session ends, and say so once', async () => {
    const { rig, two, ask, closed } = await twoExecutors({ answer: () => new Promise(() => undefined) });
    const asked = ask();
    await expect.poll(() => rig.server.answers).toBe(1);
    two.close();
    expect((await asked).outcome).toMatchObject({ code: 'MR_EXECUTOR_UNREACHABLE' });
    expect(closed.toSorted()).toEqual(['e-1', 'e-2']);
  });
});
