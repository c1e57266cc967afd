// The sink over real sockets: a server that goes away, two writers at once, the receiver of this repository, redirections.
import { readFileSync } from 'node:fs';
import { httpRecords } from '@millrace/receiver-http';
import { RecordingReceiverContext, TcpProxy } from '@millrace/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { httpSink, type HttpSinkInput } from '../src/index.ts';
import { TestServer } from './test-server.ts';

const write = { application: 'app', batchTime: 1_000, outputOperation: 0, partition: 0, partitions: 1 };

async function start(options: Partial<HttpSinkInput> = {}) {
  const server = await TestServer.start();
  const proxy = await TcpProxy.start({ port: server.port });
  onTestFinished(async () => {
    await proxy.close();
    await server.close();
  });
  const open = async () => {
    const url = `http://127.0.0.1:${proxy.port}/records`;
    const sink = httpSink<unknown>({ url, retryDelayMs: 5, retryDelayMaxMs: 50, ...options });
    onTestFinished(() => sink.close?.());
    await sink.open?.();
    return sink;
  };
  return { server, proxy, open, sink: await open() };
}

describe('a server behind a network', () => {
  it('gets the records once when it is back (SINK-1)', async () => {
    const { server, proxy, sink } = await start({ attempts: 100, delivery: 'effectively-once' });
    await sink.write([1], write);
    await proxy.setReachable(false);
    const writing = sink.write([2, 3], { ...write, batchTime: 2_000 });
    await proxy.setReachable(true);
    await writing;
    expect(server.records()).toEqual([1, 2, 3]);
  }, 180_000);

  it('is given up after the attempts, with a reason and a disposition', async () => {
    const { proxy, sink } = await start({ attempts: 3 });
    await proxy.setReachable(false);
    await expect(sink.write([1], write)).rejects.toMatchObject({
      code: 'MR_SINK_HTTP_UNREACHABLE',
      disposition: 'back-off',
      message: expect.stringMatching(/in 3 attempts: .*ECONNREFUSED/s),
    });
  }, 180_000);

  it('is given up when it is silent', async () => {
    const { proxy, sink } = await start({ attempts: 2, requestTimeoutMs: 100 });
    proxy.stall();
    await expect(sink.write([1], write)).rejects.toMatchObject({
      code: 'MR_SINK_HTTP_UNREACHABLE',
      message: expect.stringContaining('no answer within 100 ms'),
    });
  }, 180_000);

  it('takes the same batch from two sinks at once, and each record once (SINK-15)', async () => {
    const { server, open } = await start({ delivery: 'effectively-once', maxRecordsPerRequest: 3 });
    const records = Array.from({ length: 100 }, (_, id) => id);
    const sinks = await Promise.all([open(), open(), open()]);
    await Promise.all(sinks.map((sink) => sink.write(records, write)));
    expect(server.records()).toHaveLength(100);
    expect(new Set(server.records())).toEqual(new Set(records));
  }, 180_000);

  it('does not follow a redirection, which would lose the records', async () => {
    const { server, sink } = await start();
    server.failNext((_, response) => {
      response.writeHead(302, { location: '/elsewhere' }).end();
      return false;
    });
    await expect(sink.write([1], write)).rejects.toMatchObject({ code: 'MR_SINK_HTTP_NO_ENDPOINT' });
    expect(server.requests).toHaveLength(1);
  });
});

describe('the receiver httpRecords', () => {
  it('takes the records, and recognises a repeated request by its key', async () => {
    const context = new RecordingReceiverContext<number>();
    const receiver = httpRecords<number>({ port: 0 }).create();
    await context.start(receiver);
    onTestFinished(() => context.end(receiver));
    const listening = context.log.lines.find(({ message }) => message === 'http receiver listening');
    const port = Number(listening?.fields['port']);
    const sink = httpSink<number>({ url: `http://127.0.0.1:${port}/` });
    await sink.open?.();
    const first = sink.write([1, 2], write);
    await vi.waitUntil(() => context.records.length > 0, { timeout: 90_000 });
    await context.acknowledge(receiver);
    await first;
    await sink.write([1, 2], write);
    await sink.close?.();
    expect(context.records).toEqual([1, 2]);
  }, 180_000);
});

describe('the recipe of the README', () => {
  it('is the server of these tests', () => {
    const code = readFileSync(new URL('keep-records.ts', import.meta.url), 'utf8');
    const recipe = /\/\/ recipe: begin\n(.*)\/\/ recipe: end/s.exec(code)?.[1];
    expect(readFileSync(new URL('../README.md', import.meta.url), 'utf8')).toContain(recipe);
  });
});
