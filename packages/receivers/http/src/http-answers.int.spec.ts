// The answers to clients, from a real server on the loopback interface. Every wait is for an event.
import { once } from 'node:events';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { settle } from '@millrace/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { answerTo, RunningReceiver } from '../test/running-receiver.ts';
import { type HttpRecordsInput, httpRecords, httpText } from './index.ts';

const NDJSON = { 'Content-Type': 'application/x-ndjson' };
const TEXT = { 'Content-Type': 'text/plain' };
const running: RunningReceiver[] = [];

async function start(options: Partial<HttpRecordsInput> = {}, room?: number): Promise<RunningReceiver> {
  const configured = httpRecords({ port: 0, ...options });
  const receiver = await RunningReceiver.start(configured, room === undefined ? {} : { room });
  running.push(receiver);
  return receiver;
}

/** A receiver that acknowledges everything at once. */
async function startEager(options: Partial<HttpRecordsInput> = {}): Promise<RunningReceiver> {
  const receiver = await start(options);
  receiver.acknowledgeAll();
  return receiver;
}

afterEach(async () => {
  for (const receiver of running.splice(0)) {
    await receiver.end();
    expect(receiver.clock.pendingTimers).toBe(0);
  }
});

describe('a request', () => {
  it('is answered when its last record is acknowledged, and not before (REC-1)', async () => {
    const http = await start();
    let isAnswered = false;
    const answer = http.post([{ a: 1 }, { a: 2 }, { a: 3 }]).finally(() => (isAnswered = true));
    await http.unacknowledged(3);
    expect(http.context.records).toEqual([{ a: 1 }, { a: 2 }, { a: 3 }]);
    await http.acknowledge(2);
    await settle();
    expect(isAnswered).toBe(false);
    await http.acknowledge(1);
    expect(await answer).toMatchObject({ status: 200, body: { accepted: 3 } });
  });

  it('may be NDJSON, a JSON object, or lines of text', async () => {
    const http = await startEager();
    expect((await http.post('{"a":1}\n{"a":2}\n', { headers: NDJSON })).body).toEqual({ accepted: 2 });
    expect((await http.post({ a: 3 })).body).toEqual({ accepted: 1 });
    expect((await http.post('one\r\ntwo', { headers: TEXT })).body).toEqual({ accepted: 2 });
    expect(http.context.records).toEqual([{ a: 1 }, { a: 2 }, { a: 3 }, 'one', 'two']);
  });

  it('may be empty', async () => {
    const http = await start();
    expect(await http.post('', { headers: NDJSON })).toMatchObject({ status: 200, body: { accepted: 0 } });
    expect(await http.post([])).toMatchObject({ status: 200, body: { accepted: 0 } });
  });

  it('may be compressed and arrive in chunks', async () => {
    const http = await startEager();
    const records = Array.from({ length: 5_000 }, (_, id) => ({ id }));
    const request = http.open({ headers: { 'Content-Encoding': 'gzip' } });
    const packed = gzipSync(JSON.stringify(records));
    for (let at = 0; at < packed.length; at += 1_000) request.write(packed.subarray(at, at + 1_000));
    request.end();
    expect((await answerTo(request)).body).toEqual({ accepted: 5_000 });
    expect(http.context.records).toEqual(records);
  });

  it('is stored whole although the engine requests a wait after each record (BLK-2)', async () => {
    const http = await start({}, 1);
    const answer = http.post([1, 2, 3, 4]);
    for (let count = 1; count <= 4; count += 1) {
      await http.unacknowledged(count);
      http.context.makeRoom(1);
    }
    await http.acknowledge();
    expect((await answer).body).toEqual({ accepted: 4 });
    expect(http.context.records).toEqual([1, 2, 3, 4]);
  });

  it('with a bad record is refused as a whole, with the place of the record', async () => {
    const http = await start();
    expect(await http.post('{"a":1}\n{"a":', { headers: NDJSON })).toMatchObject({
      status: 400,
      headers: { 'content-type': 'application/problem+json' },
      body: { code: 'MR_HTTP_RECORD_MALFORMED', index: 1, line: 2 },
    });
    expect(http.context.records).toEqual([]);
  });

  it('is stored without its bad lines on request, with a count and a report', async () => {
    const http = await startEager({ onMalformed: 'skip' });
    const answer = await http.post('1\n{\n3\n}', { headers: NDJSON });
    expect(answer).toMatchObject({ status: 200, body: { accepted: 2, skipped: 2 } });
    expect(http.context.errors).toHaveLength(1);
    expect(http.context.errors[0]?.error).toMatchObject({ details: { skippedRecords: 2 } });
    expect(http.receiver.gauges?.()).toEqual({ droppedRecords: 2 });
    await http.clock.advance(1_000);
  });
});

describe('httpText', () => {
  it('stores lines as bytes and counts them', async () => {
    const http = await RunningReceiver.start(httpText({ port: 0 }));
    running.push(http);
    http.acknowledgeAll();
    expect((await http.post('one\ntwo\nthree', { headers: TEXT })).body).toEqual({ accepted: 3 });
    expect(http.context.lines).toEqual(['one', 'two', 'three']);
    expect((await http.post([])).status).toBe(415);
  });
});

describe('a refused request', () => {
  it('states the reason, and keeps the connection for the next request', async () => {
    const http = await startEager({ path: '/events', bearerTokens: ['let-me-in-let-me-in'] });
    const agent = http.agent();
    const authorized = { Authorization: 'Bearer let-me-in-let-me-in' };
    const cases = [
      [{ path: '/other' }, 404, {}],
      [{ method: 'PUT', path: '/events' }, 405, { allow: 'POST, OPTIONS' }],
      [{ path: '/events' }, 401, { 'www-authenticate': 'Bearer' }],
      [{ path: '/events', headers: { ...authorized, 'Content-Type': 'text/csv' } }, 415, {}],
    ] as const;
    for (const [sending, status, headers] of cases) {
      expect(await http.post([1], { ...sending, agent })).toMatchObject({
        status,
        headers: { connection: 'keep-alive', ...headers },
      });
    }
    const accepted = await http.post([1], { path: '/events', headers: authorized, agent });
    expect(accepted.status).toBe(200);
    expect(JSON.stringify(http.context.log.lines)).not.toContain('let-me-in-let-me-in');
  });

  it('is answered although the request is large and still being sent', async () => {
    const http = await start({ maxBodyBytes: 1_000 });
    const body = Buffer.alloc(8_000_000, 'x');
    expect(await http.post(body)).toMatchObject({
      status: 413,
      headers: { connection: 'close' },
      body: { code: 'MR_HTTP_BODY_TOO_LARGE' },
    });
    const unannounced = http.open();
    unannounced.write(body.subarray(0, 2_000_000));
    expect((await answerTo(unannounced)).status).toBe(413);
    unannounced.destroy();
    await http.clock.advance(1_000);
  });

  it('is too large by compressed size, number of records or record size (413)', async () => {
    const http = await start({ maxRecordsPerRequest: 2, maxRecordBytes: 100 });
    const gzip = { ...NDJSON, 'Content-Encoding': 'gzip' };
    const bomb = await http.post(gzipSync(Buffer.alloc(5_000_000)), { headers: gzip });
    expect(bomb.body).toMatchObject({ status: 413, code: 'MR_HTTP_BODY_TOO_LARGE' });
    expect((await http.post([1, 2, 3])).body).toMatchObject({
      status: 413,
      code: 'MR_HTTP_TOO_MANY_RECORDS',
    });
    const large = await http.post([1, 'x'.repeat(100)]);
    expect(large.body).toMatchObject({ status: 413, code: 'MR_HTTP_RECORD_TOO_LARGE', index: 1 });
    expect(http.context.records).toEqual([]);
  });

  it('waits a while for room, and is then refused until there is room (429)', async () => {
    const http = await startEager({ storeWaitMs: 500, retryAfterSeconds: 9 });
    http.context.makeRoom(1);
    expect((await http.post([1])).status).toBe(200);
    const waiting = http.post([2]);
    await http.timers(2);
    await http.clock.advance(500);
    const limited = { status: 429, headers: { 'retry-after': '9' }, body: { code: 'MR_HTTP_LIMITED' } };
    expect(await waiting).toMatchObject(limited);
    expect(await http.post([3])).toMatchObject(limited);
    http.context.makeRoom();
    expect((await http.post([4])).status).toBe(200);
    expect(http.context.records).toEqual([1, 4]);
  });

  it.each([
    ['requests', { maxConcurrentRequests: 1 }],
    ['records', { maxRecordsInFlight: 2, maxRecordsPerRequest: 2 }],
  ])('exceeds the bound of %s in flight (503)', async (_, options) => {
    const http = await start(options);
    const first = http.post([1, 2]);
    await http.unacknowledged(2);
    expect(await http.post([3])).toMatchObject({
      status: 503,
      headers: { 'retry-after': '2' },
      body: { code: 'MR_HTTP_BUSY' },
    });
    await http.acknowledge();
    expect((await first).status).toBe(200);
    const next = http.post([4]);
    await http.unacknowledged(1);
    await http.acknowledge();
    expect((await next).status).toBe(200);
  });

  it('exceeds the bytes in flight (503), and occupies no room', async () => {
    const http = await startEager({ maxBytesInFlight: 100, maxBodyBytes: 100, maxDecompressedBytes: 100 });
    const slow = http.open({ headers: { 'Content-Length': 100 } });
    slow.write('['.padEnd(90, ' '));
    // The bytes count once the receiver has read them; until then the other request would fit.
    let answer = await http.post(`[${' '.repeat(20)}]`);
    while (answer.status === 200) answer = await http.post(`[${' '.repeat(20)}]`);
    expect(answer).toMatchObject({ status: 503, body: { code: 'MR_HTTP_BUSY' } });
    slow.end(']'.padStart(10, ' '));
    expect((await answerTo(slow)).status).toBe(200);
    expect((await http.post(`[${' '.repeat(20)}]`)).status).toBe(200);
  });

  it('reports records that do not become durable in time, and counts the records until they do', async () => {
    const http = await start({ answerTimeoutMs: 700, maxConcurrentRequests: 1 });
    const answer = http.post([1]);
    await http.unacknowledged(1);
    await http.clock.advance(700);
    expect(await answer).toMatchObject({ status: 503, body: { code: 'MR_HTTP_ANSWER_LATE' } });
    expect((await http.post([2])).body).toMatchObject({ code: 'MR_HTTP_BUSY' });
    await http.acknowledge();
    http.acknowledgeAll();
    expect((await http.post([3])).status).toBe(200);
  });

  it('is sent no permission for a body that would be refused', async () => {
    const http = await startEager({ maxBodyBytes: 10 });
    const ask = async (bytes: number) => {
      const request = http.open({ headers: { Expect: '100-continue', 'Content-Length': bytes } });
      let isWelcome = false;
      request.once('continue', () => {
        isWelcome = true;
        request.end('1'.padStart(bytes).replace(/^ /, '[').replace(/1$/, ']'));
      });
      request.flushHeaders();
      const { status } = await answerTo(request);
      request.destroy();
      return { status, isWelcome };
    };
    expect(await ask(10)).toEqual({ status: 200, isWelcome: true });
    expect(await ask(11)).toEqual({ status: 413, isWelcome: false });
  });
});

describe('an idempotency key', () => {
  const keyed = { headers: { 'Idempotency-Key': 'order-17' } };

  it('stores a repeated request once', async () => {
    const http = await startEager();
    expect((await http.post([1, 2], keyed)).headers['idempotent-replayed']).toBeUndefined();
    expect(await http.post([1, 2], keyed)).toMatchObject({
      status: 200,
      headers: { 'idempotent-replayed': 'true' },
      body: { accepted: 2 },
    });
    expect(http.context.records).toEqual([1, 2]);
    expect(await http.post([3], keyed)).toMatchObject({ status: 422, body: { code: 'MR_HTTP_KEY_REUSED' } });
  });

  it('makes a second request wait for the first', async () => {
    const http = await start({ answerTimeoutMs: 700 });
    const first = http.post([1], keyed);
    await http.unacknowledged(1);
    await http.clock.advance(700);
    expect((await first).status).toBe(503);
    const second = http.post([1], keyed);
    await http.timers(1);
    await http.acknowledge();
    expect(await second).toMatchObject({ status: 200, headers: { 'idempotent-replayed': 'true' } });
    expect(http.context.records).toEqual([1]);
  });

  it('may be used again after a refusal', async () => {
    const http = await startEager();
    expect((await http.post('[1,', keyed)).status).toBe(400);
    expect((await http.post([1], keyed)).status).toBe(200);
  });
});

describe('health', () => {
  it('is reported to any client, with the state of acceptance', async () => {
    const http = await startEager({ healthPath: '/healthz', bearerTokens: ['let-me-in-let-me-in'] });
    expect(await http.get('/healthz')).toMatchObject({ status: 200, body: { state: 'ok' } });
    http.context.makeRoom(1);
    await http.post([1], { headers: { Authorization: 'Bearer let-me-in-let-me-in' } });
    expect((await http.get('/healthz')).body).toEqual({ state: 'limited' });
    expect(await http.get('/healthz', 'HEAD')).toMatchObject({ status: 200, body: {} });
    expect((await http.post('', { path: '/healthz' })).headers['allow']).toBe('GET, HEAD, OPTIONS');
    expect(await http.get('/healthz?ready')).toMatchObject({ status: 200, body: { state: 'limited' } });
    await http.clock.advance(60_000);
    expect(await http.get('/healthz')).toMatchObject({ status: 200, body: { state: 'refusing' } });
    expect(await http.get('/healthz?ready')).toMatchObject({ status: 503, body: { state: 'refusing' } });
  });

  it('is not ok while the engine holds a batch, and not ready when asked', async () => {
    const http = await startEager({ healthPath: '/healthz' });
    http.context.heldBatches = 2;
    const body = { state: 'batch-held', heldBatches: 2 };
    expect(await http.get('/healthz')).toMatchObject({ status: 200, body });
    expect(await http.get('/healthz?ready')).toMatchObject({ status: 503, body });
    http.context.heldBatches = 0;
    expect(await http.get('/healthz?probe=1&ready=1')).toMatchObject({ status: 200, body: { state: 'ok' } });
  });
});

describe('a slow or broken client', () => {
  it('that does not finish its body gives way to other clients', async () => {
    const http = await startEager({ maxConcurrentRequests: 1 });
    const slow = http.open({ headers: { 'Content-Length': 100, Expect: '100-continue' } });
    const answer = answerTo(slow);
    slow.flushHeaders();
    await once(slow, 'continue');
    slow.write('[1');
    expect((await http.post([2])).status).toBe(503);
    await http.clock.advance(5_000);
    expect((await http.post([3])).status).toBe(200);
    expect(await answer).toMatchObject({ status: 503, body: { code: 'MR_HTTP_BUSY' } });
    expect(http.context.records).toEqual([3]);
  });

  it.each([
    ['sends its head byte by byte', 'POST / HTTP/1.1\r\nHost: a\r\n'],
    [
      'does not finish its body',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 9\r\n\r\nab',
    ],
  ])('that %s is answered in time and disconnected (408)', async (_, sent) => {
    const http = await start({ headersTimeoutMs: 60, requestTimeoutMs: 60 });
    const socket = connect(http.port, '127.0.0.1');
    socket.write(sent);
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    await once(socket, 'close');
    expect(Buffer.concat(chunks).toString()).toMatch(/^HTTP\/1.1 408 /);
    expect(http.context.records).toEqual([]);
  });

  it('that disconnects during its body leaves nothing behind', async () => {
    const http = await startEager({ maxConcurrentRequests: 1 });
    const request = http.open({ headers: { 'Content-Length': 100, Expect: '100-continue' } });
    request.flushHeaders();
    await once(request, 'continue');
    request.write('[1');
    expect((await http.post([2])).status).toBe(503);
    request.destroy();
    while ((await http.post([3])).status !== 200) await settle();
    expect(http.context.records).not.toContain(1);
    expect(http.context.errors).toEqual([]);
  });
});
