import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { coreError, ManualClock } from '@millrace/core';
import { RecordingLogger } from '@millrace/testing';
import { afterEach, describe, expect, it } from 'vitest';
import {
  BUCKETS,
  codec,
  DataRig,
  type DataRigOptions,
  requestBytes,
  KEY,
  SECRET,
  sendByHand,
} from '../../test/data-rig.ts';
import { HOST_CERTIFICATE, HOST_KEY, TEST_AUTHORITY } from '../../test/test-certificates.ts';
import { DataServer } from './data-server.ts';
import type { DataTls } from './data-tls.ts';
import { framedBytes } from './part-frames.ts';
import { PartReader } from './part-reader.ts';
import { signatureOf } from './signed-request.ts';

const rigs: DataRig[] = [];

async function rigOf(options?: DataRigOptions): Promise<DataRig> {
  const rig = await DataRig.start(options);
  rigs.push(rig);
  return rig;
}

afterEach(async () => {
  for (const rig of rigs.splice(0)) await rig.close();
});

/** An executor that answers when the test says so. */
function slowExecutor() {
  const asked: string[] = [];
  const answered = Promise.withResolvers<unknown>();
  const answer = (to: string): Promise<unknown> => {
    asked.push(to);
    return answered.promise;
  };
  return { asked, answer, finish: () => answered.resolve({ buckets: [null] }) };
}

describe('a data server', () => {
  it('answers the executors of its host, each under its name', async () => {
    const asked: unknown[] = [];
    const rig = await rigOf({
      answer: async (to, kind, request) => {
        asked.push([to, kind, request]);
        return { buckets: [Uint8Array.of(1), null] };
      },
    });
    const { status, body } = await sendByHand(rig.server.address, requestBytes({ to: 'e-7' }));
    expect([status, body.byteLength]).toEqual([200, framedBytes([Uint8Array.of(1), null])]);
    expect(asked).toEqual([['e-7', 'FetchBuckets', BUCKETS.request]]);
  });

  it('sends the error of an executor with its code', async () => {
    const rig = await rigOf({
      answer: async () => {
        throw coreError('MR_EXECUTOR_STALE_EPOCH', 'epoch 2 is in charge', { details: { epoch: 1 } });
      },
    });
    await expect(rig.fetch()).rejects.toMatchObject({
      code: 'MR_EXECUTOR_STALE_EPOCH',
      details: { epoch: 1 },
    });
  });

  it('answers a slow reader unchanged, while it answers others', async () => {
    let answers = 0;
    const rig = await rigOf({
      answer: async () => {
        answers += 1;
        return { buckets: Array.from({ length: 1_200 }, () => new Uint8Array(10_000).fill(answers)) };
      },
    });
    const body = requestBytes();
    const slow = request({
      port: rig.server.address.port,
      method: 'POST',
      path: '/v1/fetch',
      headers: { 'content-length': body.byteLength, 'millrace-signature': signatureOf(body, KEY) },
    });
    const [response] = (await once(slow.end(body), 'response')) as [IncomingMessage];
    for (let index = 0; index < 3; index += 1) await rig.fetch();
    const reader = new PartReader(Number(response.headers['content-length']));
    for await (const chunk of response) reader.push(chunk as Buffer);
    const ones = Buffer.alloc(10_000, 1);
    expect(reader.end().filter((part) => part !== null && ones.equals(part))).toHaveLength(1_200);
  });

  it('says while an executor works that it works, so that a wait for a log is no silence', async () => {
    const { answer, asked, finish } = slowExecutor();
    const rig = await rigOf({ answer });
    const fetched = rig.fetch();
    await expect.poll(() => asked.length).toBe(1);
    await rig.passUntil(() => rig.clock.now() > 60_000);
    finish();
    expect([await fetched, asked.length]).toEqual([{ buckets: [null] }, 1]);
  });

  it('refuses to serve other hosts without TLS, before it listens', async () => {
    const deps = { clock: new ManualClock(0), codec, log: new RecordingLogger(), answer: async () => ({}) };
    const address = { host: '0.0.0.0', port: 0 };
    await expect(DataServer.listen({ ...deps, address })).rejects.toMatchObject({
      code: 'MR_REMOTE_DATA_INSECURE',
    });
    const insecure = await DataServer.listen({ ...deps, address, insecureData: true });
    await insecure.close();
  });

  it('says which address is not available', async () => {
    const rig = await rigOf();
    const { clock, log, server } = rig;
    const again = DataServer.listen({ clock, codec, log, address: server.address, answer: async () => ({}) });
    await expect(again).rejects.toMatchObject({ code: 'MR_REMOTE_DATA_ADDRESS' });
  });

  it('ends with requests under way, and may be ended again', async () => {
    const { answer, asked } = slowExecutor();
    const rig = await rigOf({ answer });
    const sent = sendByHand(rig.server.address, requestBytes());
    await expect.poll(() => asked.length).toBe(1);
    await Promise.all([rig.server.close(), expect(sent).rejects.toThrow(/hang up|ECONNRESET/)]);
    await rig.server.close();
  });
});

describe('the bounds of a data server', () => {
  it('answers with 503 above the bound on answers, and serves again below the bound', async () => {
    const { answer, asked, finish } = slowExecutor();
    const rig = await rigOf({ answer, limits: { answersMax: 2 } });
    const { address } = rig.server;
    const sent = [0, 1].map((count) => sendByHand(address, requestBytes({ count })));
    await expect.poll(() => asked.length).toBe(2);
    expect(await sendByHand(address, requestBytes({ count: 2 }))).toMatchObject({ status: 503 });
    finish();
    for (const one of sent) expect(await one).toMatchObject({ status: 200 });
    await expect.poll(() => rig.server.answers).toBe(0);
    expect(await sendByHand(address, requestBytes({ count: 3 }))).toMatchObject({ status: 200 });
    expect(rig.log.lines).toEqual([]);
  });

  it('answers with 503 while the bytes of answers are above their bound', async () => {
    const bucket = new Uint8Array(32 * 1_048_576);
    const rig = await rigOf({
      answer: async () => ({ buckets: [bucket] }),
      limits: { answerBytesMax: 1_000 },
    });
    // A reader that does not read: the answer stays on the server.
    const reader = connect(rig.server.address.port, '127.0.0.1');
    reader.on('error', () => undefined);
    reader.pause();
    reader.write(rawRequest(requestBytes()));
    await expect.poll(() => rig.server.answers).toBe(1);
    await expect
      .poll(
        async () =>
          (await sendByHand(rig.server.address, requestBytes({ sender: 'two', count: count++ }))).status,
      )
      .toBe(503);
    await rig.passUntil(() => rig.server.answers === 0);
    expect(rig.clock.now()).toBeGreaterThanOrEqual(60_000);
    reader.destroy();
  });

  it('answers with 503 while too many bytes of requests arrive', async () => {
    const rig = await rigOf({ limits: { arrivingBytesMax: 1_000 } });
    const slow = connect(rig.server.address.port, '127.0.0.1');
    slow.on('error', () => undefined);
    slow.write(rawHead(900));
    await expect
      .poll(async () => (await sendByHand(rig.server.address, requestBytes({ count: count++ }))).status)
      .toBe(503);
    slow.destroy();
    await expect
      .poll(async () => (await sendByHand(rig.server.address, requestBytes({ count: count++ }))).status)
      .toBe(200);
  });

  it('refuses a request above the bound before reading the request', async () => {
    const rig = await rigOf({ limits: { requestBytesMax: 1_000 } });
    const large = requestBytes({ request: 'x'.repeat(1_000) });
    expect(await sendByHand(rig.server.address, large)).toMatchObject({
      status: 413,
      headers: { connection: 'close' },
    });
    const { port } = rig.server.address;
    const answer = await sentRaw(port, rawHead(Number.MAX_SAFE_INTEGER));
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
  });

  it('closes connections above their bound', async () => {
    const { answer, asked, finish } = slowExecutor();
    const rig = await rigOf({ answer, limits: { connectionsMax: 1 } });
    const sent = sendByHand(rig.server.address, requestBytes());
    await expect.poll(() => asked.length).toBe(1);
    await expect(sendByHand(rig.server.address, requestBytes({ count: 1 }))).rejects.toThrow(
      /hang up|ECONNRESET/,
    );
    finish();
    expect(await sent).toMatchObject({ status: 200 });
  });
});

describe('a data server and hostile requests', () => {
  it('refuses a request without the signature of the epoch, and never asks an executor', async () => {
    const { answer, asked } = slowExecutor();
    const rig = await rigOf({ answer });
    const { address } = rig.server;
    const body = requestBytes();
    for (const signature of ['', '0'.repeat(64), 'x'])
      expect(await sendByHand(address, body, { headers: { 'millrace-signature': signature } })).toMatchObject(
        {
          status: 401,
          headers: { connection: 'close' },
          body: Buffer.alloc(0),
        },
      );
    rig.server.admit(new Uint8Array(32).fill(1));
    expect(await sendByHand(address, body)).toMatchObject({ status: 401 });
    expect(asked).toEqual([]);
    expect(rig.log.lines[0]).toMatchObject({ fields: { refused: 1, status: 401 } });
  });

  it('refuses everything before its first epoch', async () => {
    const { answer } = slowExecutor();
    const clock = new ManualClock(0);
    const log = new RecordingLogger();
    const server = await DataServer.listen({
      clock,
      codec,
      log,
      address: { host: '127.0.0.1', port: 0 },
      answer,
    });
    expect(await sendByHand(server.address, requestBytes())).toMatchObject({ status: 401 });
    expect(() => server.admit(SECRET.subarray(1))).toThrow(TypeError);
    await server.close();
  });

  it('refuses a repeated request', async () => {
    const rig = await rigOf();
    const body = requestBytes();
    expect(await sendByHand(rig.server.address, body)).toMatchObject({ status: 200 });
    expect(await sendByHand(rig.server.address, body)).toMatchObject({ status: 409, body: Buffer.alloc(0) });
    expect(await sendByHand(rig.server.address, requestBytes({ count: 1 }))).toMatchObject({ status: 200 });
  });

  it.each([
    ['another path', 404, { path: '/v2/fetch' }],
    ['another method', 405, { method: 'PUT' }],
    ['no announced size', 411, { isChunked: true, headers: { 'transfer-encoding': 'chunked' } }],
  ])('refuses %s', async (_, status, options) => {
    const rig = await rigOf();
    expect(await sendByHand(rig.server.address, requestBytes(), options)).toMatchObject({ status });
  });

  it('refuses signed bytes of another shape', async () => {
    const rig = await rigOf();
    for (const body of [
      Buffer.from('no codec'),
      codec.encodeRecords([1]),
      requestBytes({ kind: 'RunTask' as 'FetchBlock' }),
    ])
      expect(await sendByHand(rig.server.address, body)).toMatchObject({ status: 400 });
  });

  it.each([
    ['no HTTP', 'hello\r\n\r\n'],
    ['a head without an end', `POST /v1/fetch HTTP/1.1\r\nx: ${'y'.repeat(5_000)}`],
    ['two sizes', 'POST /v1/fetch HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n'],
  ])('closes a connection with %s', async (_, text) => {
    const rig = await rigOf();
    expect(await sentRaw(rig.server.address.port, text)).toBe('');
  });

  it('gives up a sender that stops within its request, and forgets its bytes', async () => {
    const rig = await rigOf({ limits: { arrivingBytesMax: 1_000 } });
    const closed = sentRaw(rig.server.address.port, `${rawHead(900)}abc`);
    let isClosed = false;
    void closed.then(() => (isClosed = true));
    await expect.poll(() => rig.clock.pendingTimers).toBeGreaterThan(0);
    await rig.passUntil(() => isClosed);
    expect(rig.clock.now()).toBeGreaterThanOrEqual(10_000);
    expect(await sendByHand(rig.server.address, requestBytes())).toMatchObject({ status: 200 });
  });

  it.each([
    ['sends nothing', ''],
    ['sends half of a head', 'POST /v1/fetch HTTP/1.1\r\nhost: a'],
  ])('closes a connection that %s', async (_, text) => {
    // The times of heads are those of Node, on the clock of the machine.
    const rig = await rigOf({ limits: { idleMs: 50 } });
    expect(await sentRaw(rig.server.address.port, text)).not.toMatch(/ 200 /);
  });

  it('closes a connection without a handshake of TLS', async () => {
    const tls: DataTls = { ca: TEST_AUTHORITY, cert: HOST_CERTIFICATE, key: HOST_KEY, minVersion: 'TLSv1.3' };
    const rig = await rigOf({ tls, limits: { idleMs: 50 } });
    expect(await sentRaw(rig.server.address.port, '')).toBe('');
  });

  it('reports a flood of refusals in sums', async () => {
    const rig = await rigOf();
    for (let index = 0; index < 20; index += 1)
      await sendByHand(rig.server.address, requestBytes(), { path: '/' });
    await rig.clock.advance(1_000);
    expect(rig.log.lines.map(({ fields }) => fields?.['refused'])).toEqual([1, 19]);
  });
});

let count = 100;

function rawHead(sizeBytes: number, signature = '0'.repeat(64)): string {
  return `POST /v1/fetch HTTP/1.1\r\nhost: a\r\nmillrace-signature: ${signature}\r\ncontent-length: ${sizeBytes}\r\n\r\n`;
}

function rawRequest(body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(rawHead(body.byteLength, signatureOf(body, KEY))), body]);
}

/** Sends bytes, and returns the text of the answer when the server has closed the connection. */
function sentRaw(port: number, text: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
  socket.on('error', () => undefined);
  socket.on('close', () => resolve(answer));
  socket.write(text);
  return promise;
}
