// The sink without a network and without time: attempts, pauses, statuses, secrets.
import { inspect } from 'node:util';
import { ManualClock, SeededRandom } from '@millrace/core';
import { settle } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { httpSink, type HttpSinkInput, httpSinkOptions } from './index.ts';

const write = { application: 'app', batchTime: 1_000, outputOperation: 0, partition: 0, partitions: 1 };
const URL_TEXT = 'http://h/records';

interface Sent {
  readonly atMs: number;
  readonly url: string;
  readonly headers: Headers;
  readonly body: unknown;
}

type Answer = { status: number; headers?: Record<string, string>; text?: string } | Error;

/** A sink whose server gives these answers, one after the other, and then 200. */
async function open(answers: readonly Answer[], options: Partial<HttpSinkInput> = {}) {
  const clock = new ManualClock(1_000_000);
  const startMs = clock.monotonicMs();
  const left = [...answers];
  const sent: Sent[] = [];
  const send = (url: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers);
    sent.push({ atMs: clock.monotonicMs() - startMs, url: url as string, headers, body: init.body });
    const answer = left.shift() ?? { status: 200 };
    if (answer instanceof Error) return Promise.reject(new TypeError('fetch failed', { cause: answer }));
    return Promise.resolve(new Response(answer.text ?? null, answer));
  };
  const world = { fetch: send, clock, random: new SeededRandom('http') };
  const sink = httpSink<unknown>({ url: URL_TEXT, ...options }, undefined, world);
  await sink.open?.();
  return { sink, sent, clock };
}

const failureOf = (writing: Promise<void>): Promise<unknown> =>
  writing.then(
    () => undefined,
    (error: unknown) => error,
  );

const busy = (seconds: string): Answer => ({ status: 503, headers: { 'retry-after': seconds } });

describe('a request', () => {
  it('carries the identity, the division and the records', async () => {
    const { sink, sent } = await open([], { maxRecordsPerRequest: 2, headers: { 'X-Shop': 'a' } });
    await sink.write([1, 2, 3], { ...write, partition: 1, partitions: 4 });
    const seen = sent.map(({ headers, body }) => [
      headers.get('idempotency-key'),
      headers.get('millrace-division'),
      body,
    ]);
    expect(seen).toEqual([
      ['app-1000-0-1-0', '4/2/1048576/ndjson', '1\n2\n'],
      ['app-1000-0-1-1', '4/2/1048576/ndjson', '3\n'],
    ]);
    expect(Object.fromEntries(sent[0]?.headers ?? [])).toMatchObject({
      'content-type': 'application/x-ndjson',
      'millrace-batch': 'app-1000-0',
      'x-shop': 'a',
    });
  });

  it('is sent for a partition without records only where the server keeps the keys', async () => {
    for (const [delivery, bodies] of [
      ['at-least-once', []],
      ['effectively-once', ['[]']],
    ] as const) {
      const { sink, sent } = await open([], { delivery, format: 'json' });
      await sink.write([], write);
      expect(sent.map(({ body }) => body)).toEqual(bodies);
      expect(sink.capabilities).toEqual({ delivery });
    }
  });

  it('signs in by a token, a user, or a user in the URL', async () => {
    const basic = `Basic ${Buffer.from('ann:p@w').toString('base64')}`;
    const ways: readonly (readonly [Partial<HttpSinkInput>, string])[] = [
      [{ token: 't0ken' }, 'Bearer t0ken'],
      [{ username: 'ann', password: 'p@w' }, basic],
      [{ url: 'http://ann:p%40w@h/records' }, basic],
      [{ headers: { Authorization: 'Key abc' } }, 'Key abc'],
    ];
    for (const [options, expected] of ways) {
      const { sink, sent } = await open([], options);
      await sink.write([1], write);
      expect(sent[0]?.headers.get('authorization')).toBe(expected);
      expect(sent[0]?.url).toBe(URL_TEXT);
    }
  });
});

describe('an answer', () => {
  it('of 429 and 503 is followed by the pause that the server asks for', async () => {
    const { sink, sent, clock } = await open([busy('3'), { status: 429, headers: { 'retry-after': '0' } }]);
    const writing = sink.write([1], write);
    await settle();
    await clock.advance(2_999);
    expect(sent).toHaveLength(1);
    await clock.advance(1);
    await settle();
    await clock.advance(1);
    await writing;
    expect(sent.map(({ atMs }) => atMs)).toEqual([0, 3_000, expect.closeTo(3_000, -1)]);
    expect(new Set(sent.map(({ headers }) => headers.get('idempotency-key'))).size).toBe(1);
  });

  it('that asks for a longer pause than retryAfterMaxMs rejects at once', async () => {
    const { sink, sent } = await open([busy('61')]);
    await expect(sink.write([1], write)).rejects.toMatchObject({
      code: 'MR_SINK_HTTP_BUSY',
      message: expect.stringContaining('a pause of 61000 ms'),
    });
    expect(sent).toHaveLength(1);
  });

  it('without a pause is followed by growing delays, up to the number of attempts', async () => {
    const failures = Array.from({ length: 4 }, () => ({ status: 500 }));
    const { sink, sent, clock } = await open(failures, {
      attempts: 4,
      retryDelayMs: 100,
      retryDelayMaxMs: 200,
    });
    const writing = failureOf(sink.write([1], write));
    for (let ms = 0; ms < 500; ms += 1) {
      await settle();
      await clock.advance(1);
    }
    expect(await writing).toMatchObject({
      code: 'MR_SINK_HTTP_FAILED',
      disposition: 'back-off',
      details: { status: 500 },
    });
    const pauses = sent.slice(1).map(({ atMs }, index) => atMs - (sent[index]?.atMs ?? 0));
    expect(pauses).toHaveLength(3);
    for (const [index, most] of [100, 200, 200].entries()) {
      expect(pauses[index]).toBeGreaterThanOrEqual(most / 2);
      expect(pauses[index]).toBeLessThanOrEqual(most + 1);
    }
  });

  it.each([
    [{ status: 401 }, 'MR_SINK_HTTP_DENIED', 'stop-engine'],
    [{ status: 403 }, 'MR_SINK_HTTP_DENIED', 'stop-engine'],
    [{ status: 404 }, 'MR_SINK_HTTP_NO_ENDPOINT', 'stop-engine'],
    [{ status: 308 }, 'MR_SINK_HTTP_NO_ENDPOINT', 'stop-engine'],
    [{ status: 413 }, 'MR_SINK_HTTP_TOO_LARGE', 'fail-batch'],
    [{ status: 422 }, 'MR_SINK_HTTP_REFUSED', 'fail-batch'],
    [{ status: 400 }, 'MR_SINK_HTTP_REFUSED', 'fail-batch'],
    [{ status: 422, headers: { 'millrace-division': '2/1/1/json' } }, 'MR_SINK_REPARTITIONED', 'fail-batch'],
  ])('of %o is final', async (answer, code, disposition) => {
    const { sink, sent } = await open([answer]);
    await expect(sink.write([1], write)).rejects.toMatchObject({ code, disposition });
    expect(sent).toHaveLength(1);
  });

  it.each([
    [{ status: 409 }, 'MR_SINK_HTTP_BUSY'],
    [{ status: 408 }, 'MR_SINK_HTTP_FAILED'],
    [{ status: 504 }, 'MR_SINK_HTTP_FAILED'],
    [new Error('connect ECONNREFUSED'), 'MR_SINK_HTTP_UNREACHABLE'],
  ])('of %o may change', async (answer, code) => {
    const { sink } = await open([answer], { attempts: 1 });
    await expect(sink.write([1], write)).rejects.toMatchObject({ code, disposition: 'back-off' });
  });
});

describe('close', () => {
  it('ends a pause with a last attempt, and refuses later writes', async () => {
    const { sink, sent } = await open([busy('30'), busy('30')]);
    const writing = failureOf(sink.write([1], write));
    await settle();
    await sink.close?.();
    expect(await writing).toMatchObject({ code: 'MR_SINK_HTTP_BUSY' });
    expect(sent).toHaveLength(2);
    await expect(sink.write([1], write)).rejects.toMatchObject({ code: 'MR_SINK_NOT_OPEN' });
  });
});

describe('secrets', () => {
  const SECRET = 'correct-horse-battery';
  const ways: readonly Partial<HttpSinkInput>[] = [
    { token: SECRET },
    { username: 'ann', password: SECRET },
    { url: `http://ann:${SECRET}@h/records` },
    { url: `http://h/records?key=${SECRET}` },
    { headers: { 'x-api-key': SECRET } },
  ];
  it.each(ways)('of %o are in no error and in no description', async (options) => {
    const isBasic = options.username !== undefined || options.url?.includes('ann') === true;
    const basic = Buffer.from(`ann:${SECRET}`).toString('base64');
    const answers = [
      new Error(`cannot use ${SECRET}`),
      { status: 400, text: `no ${SECRET}${isBasic ? ` and no ${basic}` : ''}` },
    ];
    for (const answer of answers) {
      const { sink } = await open([answer], { ...options, attempts: 1 });
      const error: unknown = await sink.write([1], write).catch((thrown: unknown) => thrown);
      const texts = inspect([sink, error], { depth: 10, showHidden: true });
      expect(texts).toMatch(/MR_SINK_HTTP_(?:REFUSED|UNREACHABLE)/);
      expect(texts).not.toContain('horse');
      expect(texts).not.toContain(basic);
    }
    const wrong = { url: URL_TEXT, ...options, attempts: 0 };
    expect(() => httpSink(wrong)).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('horse') }),
    );
  });
});

describe('the options', () => {
  it('have defaults', () => {
    expect(httpSinkOptions.parse({ url: URL_TEXT })).toEqual({
      url: URL_TEXT,
      method: 'POST',
      format: 'ndjson',
      delivery: 'at-least-once',
      maxRecordsPerRequest: 1_000,
      maxBytesPerRequest: 1_048_576,
      bytesInMemory: 8_388_608,
      attempts: 5,
      retryDelayMs: 200,
      retryDelayMaxMs: 10_000,
      retryAfterMaxMs: 60_000,
      requestTimeoutMs: 30_000,
    });
  });

  const WRONG: readonly (readonly [string, Partial<HttpSinkInput>, string])[] = [
    ['another scheme', { url: 'ftp://h' }, 'url'],
    ['a fragment', { url: 'http://h/#a' }, 'url'],
    ['a user that cannot be decoded', { url: 'http://%ff@h/' }, 'url'],
    ['a header of the sink', { headers: { 'Idempotency-Key': 'a' } }, 'headers'],
    ['a header of the connection', { headers: { Host: 'a' } }, 'headers'],
    ['a header with a line break', { headers: { a: 'b\r\nc: d' } }, 'headers'],
    ['a header twice', { headers: { a: '1', A: '2' } }, 'headers'],
    ['a token with a space', { token: 'a b' }, 'token'],
    ['two ways to sign in', { token: 'a', username: 'b' }, 'token'],
    ['a password alone', { password: 'a' }, 'password'],
    ['a long first delay', { retryDelayMs: 10_001 }, 'retryDelayMs'],
  ];
  it.each(WRONG)('refuse %s', (_, options, name) => {
    expect(() => httpSink({ url: URL_TEXT, ...options })).toThrow(
      expect.objectContaining({ code: 'MR_CONFIG_INVALID_OPTION', message: expect.stringContaining(name) }),
    );
  });
});
