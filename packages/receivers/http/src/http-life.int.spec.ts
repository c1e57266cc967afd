// A receiver from start to end, with a real server on the loopback interface. Every wait is for an event.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { request as httpsRequest } from 'node:https';
import { connect, createServer, type AddressInfo } from 'node:net';
import { isMillraceError } from '@millrace/core';
import { MemoryStorage, RecordingReceiverContext, settle } from '@millrace/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { answerTo, RunningReceiver } from '../test/running-receiver.ts';
import { TEST_CERTIFICATE, TEST_KEY } from '../test/test-certificate.ts';
import { type HttpListening, type HttpRecordsInput, httpRecords, LISTENING_CHANNEL } from './index.ts';

const running: RunningReceiver[] = [];

async function start(
  options: Partial<HttpRecordsInput> = {},
  storage = new MemoryStorage(),
): Promise<RunningReceiver> {
  const receiver = await RunningReceiver.start(httpRecords({ port: 0, ...options }), { storage });
  running.push(receiver);
  return receiver;
}

afterEach(async () => {
  for (const receiver of running.splice(0)) {
    await receiver.end();
    expect(receiver.clock.pendingTimers).toBe(0);
  }
});

const restartCodes = ({ context }: RunningReceiver) =>
  context.restarts.map(({ error }) => (isMillraceError(error) ? error.code : undefined));

describe('start', () => {
  it('reports the address in its log and on a channel', async () => {
    const heard: HttpListening[] = [];
    const listen = (message: unknown) => void heard.push(message as HttpListening);
    subscribe(LISTENING_CHANNEL, listen);
    const http = await start({ path: '/events' });
    unsubscribe(LISTENING_CHANNEL, listen);
    const url = `http://127.0.0.1:${http.port}/events`;
    expect(heard).toMatchObject([{ attemptId: 'attempt-1', address: '127.0.0.1', port: http.port, url }]);
    expect(http.context.log.messages('warn')).toEqual([]);
  });

  it('warns when any client on the network may send', async () => {
    expect((await start({ host: '0.0.0.0' })).context.log.messages('warn')).toHaveLength(1);
    const guarded = await start({ host: '0.0.0.0', bearerTokens: ['let-me-in-let-me-in'] });
    expect(guarded.context.log.messages('warn')).toEqual([]);
  });

  it('requests a restart when the address is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const http = await start({ port: (other.address() as AddressInfo).port });
    expect(restartCodes(http)).toEqual(['MR_HTTP_ADDRESS_IN_USE']);
    await http.end();
    other.close();
  });

  it('requests a restart when the address does not exist', async () => {
    // TEST-NET-1 of RFC 5737: the address of no machine.
    expect(restartCodes(await start({ host: '192.0.2.1' }))).toEqual(['MR_HTTP_LISTEN_FAILED']);
  });

  it('may be stopped before listening', async () => {
    const receiver = httpRecords({ port: 0 }).create();
    const context = new RecordingReceiverContext();
    const starting = context.start(receiver);
    await context.end(receiver);
    await starting;
    expect(context.restarts).toEqual([]);
  });
});

describe('stop', () => {
  it('releases the address, although a client keeps its connection', async () => {
    const http = await start();
    const { port } = http;
    const idle = connect(port, '127.0.0.1');
    await once(idle, 'connect');
    idle.resume();
    http.acknowledgeAll();
    expect((await http.post([1], { agent: http.agent() })).status).toBe(200);
    await http.stop();
    const next = await start({ port });
    expect(restartCodes(next)).toEqual([]);
    await http.closed();
    if (!idle.closed) await once(idle, 'close');
  });

  it('answers stored requests when the records are acknowledged afterwards (REC-1, REC-4)', async () => {
    const http = await start();
    const answer = http.post([1, 2]);
    await http.unacknowledged(2);
    await http.stop();
    await http.acknowledge();
    expect(await answer).toMatchObject({ status: 200, headers: { connection: 'close' } });
  });

  it('answers 503 to requests that are never acknowledged, once no acknowledgement can follow', async () => {
    const http = await start();
    let isAnswered = false;
    const answer = http.post([1, 2]).finally(() => (isAnswered = true));
    await http.unacknowledged(2);
    await http.acknowledge(1);
    await http.stop();
    await settle();
    expect(isAnswered).toBe(false);
    await http.closed();
    expect(await answer).toMatchObject({
      status: 503,
      headers: { 'retry-after': '2', connection: 'close' },
      body: { code: 'MR_HTTP_NOT_STORED' },
    });
  });

  it('answers 503 at once to an unstored request: during its records, before its records, or during its body', async () => {
    const http = await start();
    http.context.makeRoom(1);
    const amidRecords = http.post([1, 2]);
    await http.unacknowledged(1);
    const waiting = http.post([3]);
    const open = http.open({ headers: { 'Content-Length': 100, Expect: '100-continue' } });
    const amidBody = answerTo(open);
    open.flushHeaders();
    await Promise.all([once(open, 'continue'), http.timers(3)]);
    open.write('[');
    await http.stop();
    for (const answer of [amidRecords, waiting, amidBody]) {
      expect(await answer).toMatchObject({ status: 503, body: { code: 'MR_HTTP_STOPPING' } });
    }
    expect(http.context.records).toEqual([1]);
    expect(http.context.errors).toEqual([]);
  });

  it('does not wait for a client that left after pipelined requests', async () => {
    const http = await start();
    const socket = connect(http.port, '127.0.0.1');
    const head = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 3\r\n\r\n';
    socket.write(`${head}[1]${head}[2]`);
    await http.unacknowledged(2);
    socket.resetAndDestroy();
    await http.end();
    expect(http.context.records).toEqual([1, 2]);
  });

  it('is permitted although nothing was started', async () => {
    const receiver = httpRecords({ port: 0 }).create();
    await receiver.stop({ kind: 'stopped', message: 'by the test' });
    await receiver.closed?.();
    expect(receiver.acknowledge).toBeDefined();
  });
});

describe('tls', () => {
  const tls = { certFile: '/tls/cert.pem', keyFile: '/tls/key.pem' };

  function disk(certificate: string): MemoryStorage {
    const storage = new MemoryStorage();
    storage.writeFile(tls.certFile, certificate);
    storage.writeFile(tls.keyFile, TEST_KEY);
    return storage;
  }

  function post(http: RunningReceiver, client: { readonly cert?: string; readonly key?: string } = {}) {
    const request = httpsRequest({
      host: 'localhost',
      port: http.port,
      method: 'POST',
      agent: false,
      lookup: (_host, _options, found) => found(null, [{ address: '127.0.0.1', family: 4 }]),
      ca: TEST_CERTIFICATE,
      headers: { 'Content-Type': 'application/json' },
      ...client,
    });
    request.end('[1]');
    return answerTo(request);
  }

  it('accepts records over HTTPS', async () => {
    const http = await start({ tls }, disk(TEST_CERTIFICATE));
    http.acknowledgeAll();
    expect((await post(http)).status).toBe(200);
    expect(http.context.log.lines[0]?.fields['url']).toMatch(/^https:/);
  });

  it('requests a certificate of clients according to the option', async () => {
    const http = await start({ tls: { ...tls, clientCaFile: tls.certFile } }, disk(TEST_CERTIFICATE));
    http.acknowledgeAll();
    expect((await post(http, { cert: TEST_CERTIFICATE, key: TEST_KEY })).status).toBe(200);
    await expect(post(http)).rejects.toBeInstanceOf(Error);
    expect(http.context.records).toEqual([1]);
  });

  it('requests a restart when its files are missing or invalid', async () => {
    expect(restartCodes(await start({ tls }))).toEqual(['MR_HTTP_TLS_UNUSABLE']);
    const broken = await start({ tls }, disk('no certificate'));
    expect(restartCodes(broken)).toEqual(['MR_HTTP_TLS_UNUSABLE']);
    expect(JSON.stringify(broken.context.restarts)).not.toContain('PRIVATE KEY');
  });
});
