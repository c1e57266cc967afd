import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TcpProxy } from '@millrace/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { BUCKETS, DataRig, type DataRigOptions, never } from '../../test/data-rig.ts';
import { framedBytes, frameParts } from './part-frames.ts';

const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function rigOf(options?: DataRigOptions): Promise<DataRig> {
  const rig = await DataRig.start(options);
  closers.push(() => rig.close());
  return rig;
}

async function proxyOf({ server }: DataRig): Promise<TcpProxy> {
  const proxy = await TcpProxy.start({ port: server.address.port });
  closers.push(() => proxy.close());
  return proxy;
}

/** A server that treats its requests in turn as the functions say; the last function treats all others. */
async function oddServer(...treatments: ((response: ServerResponse) => void)[]) {
  let requests = 0;
  const server = createServer((request, response) => {
    request.resume();
    treatments[Math.min(requests, treatments.length - 1)]?.(response);
    requests += 1;
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    address: { host: '127.0.0.1', port: (server.address() as AddressInfo).port },
    requests: () => requests,
  };
}

const parts = [Uint8Array.of(1, 2, 3)];

function answerWell(response: ServerResponse): void {
  response.writeHead(200, { 'content-length': framedBytes(parts) });
  for (const piece of frameParts(parts, 64)) response.write(piece);
  response.end();
}

/** The outcome of a fetch, while time passes. */
async function outcomeOf(rig: DataRig, fetched: Promise<unknown>): Promise<unknown> {
  let isOver = false;
  const outcome = fetched.catch((error: unknown) => error).finally(() => (isOver = true));
  await rig.passUntil(() => isOver);
  return outcome;
}

describe('a fetcher', () => {
  it('fetches buckets of any size unchanged', async () => {
    const large = Uint8Array.from({ length: 3_000_000 }, (_, index) => index % 251);
    const buckets = [large, null, new Uint8Array(), Uint8Array.of(5)];
    const rig = await rigOf({ answer: async () => ({ buckets }) });
    const { buckets: fetched } = (await rig.fetch()) as { buckets: typeof buckets };
    expect(fetched.map((one) => (one === null ? null : Buffer.from(one).equals(one)))).toEqual([
      true,
      null,
      true,
      true,
    ]);
    for (const [index, one] of fetched.entries())
      expect(one === null || Buffer.from(one).equals(buckets[index]!)).toBe(true);
  });

  it('uses its connections again', async () => {
    const rig = await rigOf();
    const proxy = await proxyOf(rig);
    const way = rig.fetcher().wayTo('e-1', proxy);
    for (let index = 0; index < 10; index += 1) await way.fetch(BUCKETS, never);
    expect(proxy.connections).toBe(1);
  });

  it('has four requests under way with one executor, and the others wait', async () => {
    const asked: (() => void)[] = [];
    const answer = () => new Promise((resolve) => void asked.push(() => resolve({ buckets: [null] })));
    const rig = await rigOf({ answer });
    const fetcher = rig.fetcher();
    const [one, two] = [fetcher.wayTo('e-1', rig.server.address), fetcher.wayTo('e-2', rig.server.address)];
    const fetched = Array.from({ length: 6 }, () => one.fetch(BUCKETS, never));
    await expect.poll(() => asked.length).toBe(4);
    const other = two.fetch(BUCKETS, never);
    await expect.poll(() => asked.length).toBe(5);
    for (let done = 0; done < 7; done += 1) {
      await expect.poll(() => asked.length).toBeGreaterThan(done);
      asked[done]?.();
    }
    expect(await Promise.all([...fetched, other])).toHaveLength(7);
  });

  it('reads no more bytes at once than its bound, from all executors together, and a larger answer alone', async () => {
    const bucket = new Uint8Array(2_000_000);
    const rig = await rigOf({
      answer: async () => ({ buckets: [bucket] }),
      limits: { fetchBytesMax: 3_000_000 },
    });
    const fetcher = rig.fetcher();
    let highest = 0;
    let isOver = false;
    const watching = (async () => {
      while (!isOver) {
        highest = Math.max(highest, fetcher.heldBytes);
        await new Promise((resolve) => void setImmediate(resolve));
      }
    })();
    const ways = ['e-1', 'e-2', 'e-3'].map((executor) => fetcher.wayTo(executor, rig.server.address));
    await Promise.all(ways.flatMap((way) => [way.fetch(BUCKETS, never), way.fetch(BUCKETS, never)]));
    isOver = true;
    await watching;
    expect(highest).toBeGreaterThan(2_000_000);
    expect(highest).toBeLessThanOrEqual(3_000_000);
    expect(fetcher.heldBytes).toBe(0);
    const narrow = await rigOf({
      answer: async () => ({ buckets: [bucket] }),
      limits: { fetchBytesMax: 1_000 },
    });
    await narrow.fetch();
  });

  it('tries again when a connection ends while its answer waits for room', async () => {
    const half = (response: ServerResponse): void => {
      response.writeHead(200, { 'content-length': 900 });
      response.write(Buffer.from([0, 0, 0, 1]));
    };
    const cuts: (() => void)[] = [];
    const rig = await rigOf({ limits: { fetchBytesMax: 1_000 } });
    const { address } = await oddServer(
      half,
      (response) => {
        half(response);
        cuts.push(() => void response.socket?.resetAndDestroy());
      },
      answerWell,
    );
    const way = rig.fetcher().wayTo('e-1', address);
    const leaving = new AbortController();
    const first = way.fetch(BUCKETS, leaving.signal);
    first.catch(() => undefined);
    await expect.poll(() => rig.clock.pendingTimers).toBe(1);
    const second = way.fetch(BUCKETS, never);
    await expect.poll(() => cuts.length).toBe(1);
    cuts[0]?.();
    const startMs = rig.clock.monotonicMs();
    expect(await outcomeOf(rig, second)).toEqual({ buckets: parts });
    expect(rig.clock.monotonicMs() - startMs).toBeLessThan(9_000);
    leaving.abort(new Error('left'));
    await expect(first).rejects.toThrow('left');
  });

  it('waits for a busy server, and gives up after a time', async () => {
    const busy = (response: ServerResponse): void =>
      void response.writeHead(503, { 'content-length': 0 }).end();
    const rig = await rigOf();
    const patient = await oddServer(busy, busy, busy, busy, busy, answerWell);
    expect(await outcomeOf(rig, rig.fetch(patient.address))).toEqual({ buckets: parts });
    const never503 = await oddServer(busy);
    const startMs = rig.clock.monotonicMs();
    expect(await outcomeOf(rig, rig.fetch(never503.address))).toMatchObject({
      code: 'MR_REMOTE_DATA_FAILED',
    });
    expect(rig.clock.monotonicMs() - startMs).toBeGreaterThanOrEqual(30_000);
  });

  it('does not repeat a request that is refused', async () => {
    const rig = await rigOf();
    const { address, requests } = await oddServer(
      (response) => void response.writeHead(401, { 'content-length': 0 }).end(),
    );
    await expect(rig.fetch(address)).rejects.toMatchObject({ code: 'MR_REMOTE_DATA_FAILED' });
    expect(requests()).toBe(1);
    const stranger = rig.fetcher(new Uint8Array(32)).wayTo('e-1', rig.server.address);
    await expect(stranger.fetch(BUCKETS, never)).rejects.toThrow(/status 401/);
  });

  it('does not send a request above the bound', async () => {
    const rig = await rigOf({ limits: { requestBytesMax: 500 } });
    const way = rig.fetcher().wayTo('e-1', rig.server.address);
    const question = { kind: 'FetchBlock', request: { block: 'x'.repeat(500) } } as const;
    await expect(way.fetch(question, never)).rejects.toThrow(/the request has \d+ bytes/);
  });

  it.each<[string, (response: ServerResponse) => void]>([
    ['a cut connection', (response) => response.socket?.resetAndDestroy()],
    [
      'an answer that ends early',
      (response) => {
        response.writeHead(200, { 'content-length': 1_000 });
        response.write(Buffer.alloc(10));
        response.socket?.end();
      },
    ],
    [
      'damaged bytes',
      (response) => {
        const bytes = Buffer.concat([...frameParts(parts, 64)]);
        bytes[9]! ^= 1;
        response.writeHead(200, { 'content-length': bytes.byteLength }).end(bytes);
      },
    ],
    ['an answer without a size', (response) => void response.writeHead(200).end('abc')],
    ['a repeated nonce', (response) => void response.writeHead(409, { 'content-length': 0 }).end()],
  ])('tries again after %s, three times at most', async (_, treatment) => {
    const rig = await rigOf();
    const twice = await oddServer(treatment, treatment, answerWell);
    expect(await outcomeOf(rig, rig.fetch(twice.address))).toEqual({ buckets: parts });
    const always = await oddServer(treatment);
    expect(await outcomeOf(rig, rig.fetch(always.address))).toMatchObject({
      code: 'MR_REMOTE_DATA_FAILED',
      details: { executorId: 'e-1', failures: 3 },
    });
    expect(always.requests()).toBe(3);
  });

  it('gives up a silent server after two seconds, three times', async () => {
    const rig = await rigOf();
    const proxy = await proxyOf(rig);
    proxy.goSilent();
    const startMs = rig.clock.monotonicMs();
    expect(await outcomeOf(rig, rig.fetch(proxy))).toMatchObject({ code: 'MR_REMOTE_DATA_FAILED' });
    const passedMs = rig.clock.monotonicMs() - startMs;
    expect(passedMs).toBeGreaterThanOrEqual(6_000);
    expect(passedMs).toBeLessThan(10_000);
  });

  it('goes on when a link is cut within an answer', async () => {
    const bucket = new Uint8Array(30_000_000).fill(3);
    const rig = await rigOf({ answer: async () => ({ buckets: [bucket] }) });
    const proxy = await proxyOf(rig);
    const fetched = rig.fetch(proxy);
    await expect.poll(() => proxy.receivedBytes).toBeGreaterThan(1_000_000);
    proxy.cut();
    const outcome = (await outcomeOf(rig, fetched)) as { buckets: readonly Uint8Array[] };
    expect(outcome.buckets[0]?.byteLength).toBe(30_000_000);
  });

  it('goes on when a link flows again within six seconds', async () => {
    const rig = await rigOf();
    const proxy = await proxyOf(rig);
    proxy.stall();
    let isOver = false;
    const fetched = rig.fetch(proxy).finally(() => (isOver = true));
    await rig.passUntil(() => rig.clock.monotonicMs() >= 5_000);
    expect(isOver).toBe(false);
    proxy.flow();
    expect(await fetched).toEqual({ buckets: parts });
  });

  it('ends when nobody needs the answer any more, waiting or under way', async () => {
    const rig = await rigOf({ answer: () => new Promise(() => undefined), limits: { requestsPerPeer: 1 } });
    const way = rig.fetcher().wayTo('e-1', rig.server.address);
    const leaving = new AbortController();
    const fetched = [0, 1].map(() => way.fetch(BUCKETS, leaving.signal));
    await expect.poll(() => rig.server.answers).toBe(1);
    leaving.abort(new Error('left'));
    for (const one of fetched) await expect(one).rejects.toThrow('left');
  });
});
