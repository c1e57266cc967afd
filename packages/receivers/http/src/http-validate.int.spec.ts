// Validated records, from a real server on the loopback interface. Every wait is for an event.
import type { ConfiguredReceiver } from '@millrace/core';
import { settle } from '@millrace/testing';
import { afterEach, describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { RunningReceiver } from '../test/running-receiver.ts';
import { type HttpRecordsInput, httpRecords, type RecordSchema } from './index.ts';

const NDJSON = { 'Content-Type': 'application/x-ndjson' };
const ORDER = z.object({
  id: z.int(),
  total: z.number().min(0),
  currency: z.string().default('EUR'),
  token: z.string().max(5).optional(),
});
const running: RunningReceiver[] = [];

async function start(options: Partial<HttpRecordsInput> = {}): Promise<RunningReceiver> {
  const receiver = await RunningReceiver.start(httpRecords({ port: 0, validate: ORDER, ...options }));
  running.push(receiver);
  receiver.acknowledgeAll();
  return receiver;
}

afterEach(async () => {
  for (const receiver of running.splice(0)) {
    await receiver.end();
    expect(receiver.clock.pendingTimers).toBe(0);
  }
});

/** A schema whose answers the test gives. */
function heldSchema() {
  const held: ((result: { value: unknown }) => void)[] = [];
  const schema: RecordSchema = {
    '~standard': { version: 1, vendor: 'test', validate: () => new Promise((resolve) => held.push(resolve)) },
  };
  return { schema, held };
}

describe('httpRecords with a schema', () => {
  it('has the type of the output', () => {
    const configured = httpRecords({ port: 0, validate: ORDER });
    expectTypeOf(configured).toEqualTypeOf<ConfiguredReceiver<z.output<typeof ORDER>>>();
    expectTypeOf(httpRecords<{ a: 1 }>({ port: 0 })).toEqualTypeOf<ConfiguredReceiver<{ a: 1 }>>();
  });

  it('stores the output of the schema', async () => {
    const http = await start();
    expect(await http.post({ id: 1, total: 2, more: true })).toMatchObject({
      status: 200,
      body: { accepted: 1 },
    });
    expect((await http.post('{"id":2,"total":0}\n\n{"id":3,"total":1}', { headers: NDJSON })).status).toBe(
      200,
    );
    expect(http.context.records).toEqual([
      { id: 1, total: 2, currency: 'EUR' },
      { id: 2, total: 0, currency: 'EUR' },
      { id: 3, total: 1, currency: 'EUR' },
    ]);
  });

  it('answers a single invalid record with its issues, and no value of a secret', async () => {
    const http = await start();
    const answer = await http.post({ id: 1.5, total: -1, token: 'token-of-ann' });
    expect(answer).toMatchObject({
      status: 400,
      headers: { 'content-type': 'application/problem+json' },
      body: {
        code: 'MR_HTTP_RECORD_INVALID',
        index: 0,
        rejected: 1,
        records: [
          {
            index: 0,
            issues: [{ path: 'id' }, { path: 'total' }, { path: 'token', message: 'is not valid' }],
          },
        ],
      },
    });
    expect(JSON.stringify(answer.body)).not.toContain('token-of-ann');
    expect(http.context.records).toEqual([]);
    expect(http.context.errors).toEqual([]);
  });

  const MIXED = [{ id: 1, total: 1 }, { id: 'x', total: 1 }, { id: 3, total: 1 }, {}];

  it.each([
    ['an array', MIXED, {}],
    ['NDJSON', MIXED.map((record) => JSON.stringify(record)).join('\n\n'), NDJSON],
  ])('refuses %s with invalid records as a whole', async (_, body, headers) => {
    const http = await start();
    const lines = headers === NDJSON ? [{ line: 3 }, { line: 7 }] : [{}, {}];
    expect(await http.post(body, { headers })).toMatchObject({
      status: 400,
      body: {
        index: 1,
        rejected: 2,
        records: [
          { index: 1, ...lines[0], issues: [{ path: 'id' }] },
          { index: 3, ...lines[1], issues: [{ path: 'id' }, { path: 'total' }] },
        ],
      },
    });
    expect(http.context.records).toEqual([]);
  });

  it('stores the valid records on request, and answers 207 with the others', async () => {
    const http = await start({ onInvalid: 'partial', onMalformed: 'skip' });
    const lines = ['{', ...MIXED.map((record) => JSON.stringify(record))].join('\n');
    expect(await http.post(lines, { headers: NDJSON })).toMatchObject({
      status: 207,
      headers: { 'content-type': 'application/json' },
      body: {
        accepted: 2,
        skipped: 1,
        rejected: 2,
        records: [
          { index: 2, line: 3 },
          { index: 4, line: 5 },
        ],
      },
    });
    expect(http.context.records).toMatchObject([{ id: 1 }, { id: 3 }]);
    expect((await http.post([{}])).status).toBe(400);
    await http.clock.advance(1_000);
  });

  it('acknowledges the valid records only when they are durable (REC-1)', async () => {
    const configured = httpRecords({ port: 0, validate: ORDER, onInvalid: 'partial' });
    const http = await RunningReceiver.start(configured);
    running.push(http);
    let isAnswered = false;
    const answer = http.post(MIXED).finally(() => (isAnswered = true));
    await http.unacknowledged(2);
    await settle();
    expect(isAnswered).toBe(false);
    await http.acknowledge();
    expect((await answer).status).toBe(207);
  });

  it('replays the report to an idempotency key', async () => {
    const http = await start({ onInvalid: 'partial' });
    const headers = { 'Idempotency-Key': 'one' };
    const first = await http.post(MIXED, { headers });
    const second = await http.post(MIXED, { headers });
    expect(second).toMatchObject({
      status: 207,
      body: first.body,
      headers: { 'idempotent-replayed': 'true' },
    });
    expect(http.context.records).toHaveLength(2);
  });

  it('validates lines of text', async () => {
    const http = await start({ validate: z.string().regex(/^\d+$/).transform(Number) });
    const headers = { 'Content-Type': 'text/plain' };
    expect((await http.post('1\n2', { headers })).status).toBe(200);
    expect(await http.post('1\nx', { headers })).toMatchObject({ status: 400, body: { index: 1, line: 2 } });
    expect(http.context.records).toEqual([1, 2]);
  });

  it('keeps the answer small for many invalid records', async () => {
    const http = await start();
    const { body } = await http.post(Array.from({ length: 5_000 }, () => ({})));
    expect(body['rejected']).toBe(5_000);
    expect(JSON.stringify(body).length).toBeLessThan(200_000);
  });

  it('answers 500 when the schema throws, and reports the failure', async () => {
    const http = await start({
      validate: z.any().refine(() => {
        throw new Error('no database');
      }),
    });
    expect(await http.post([1])).toMatchObject({ status: 500, body: { code: 'MR_HTTP_FAILED' } });
    expect(http.context.errors).toHaveLength(1);
    expect(http.context.records).toEqual([]);
  });

  it('waits for an asynchronous schema', async () => {
    const { schema, held } = heldSchema();
    const http = await start({ validate: schema });
    const answer = http.post([{ id: 1 }]);
    while (held.length === 0) await settle();
    held[0]?.({ value: 'seen' });
    expect((await answer).status).toBe(200);
    expect(http.context.records).toEqual(['seen']);
  });

  it('waits for a schema no longer than for an answer, and stores nothing afterwards', async () => {
    const { schema, held } = heldSchema();
    const http = await start({ validate: schema, answerTimeoutMs: 500 });
    const answer = http.post([{ id: 1 }]);
    while (held.length === 0) await settle();
    await http.clock.advance(500);
    expect(await answer).toMatchObject({ status: 503, body: { code: 'MR_HTTP_ANSWER_LATE' } });
    held[0]?.({ value: 'late' });
    await settle();
    expect(http.context.records).toEqual([]);
  });

  it('answers requests in validation when the receiver is stopped', async () => {
    const { schema, held } = heldSchema();
    const http = await start({ validate: schema });
    const answer = http.post([{ id: 1 }]);
    while (held.length === 0) await settle();
    await http.stop();
    expect(await answer).toMatchObject({ status: 503, body: { code: 'MR_HTTP_STOPPING' } });
  });
});

describe('the options of httpRecords with a schema', () => {
  it.each([
    [{ validate: {} }, 'validate'],
    [{ validate: (record: unknown) => record }, 'validate'],
    [{ onInvalid: 'partial' }, 'onInvalid'],
    [{ validate: ORDER, onInvalid: 'skip' }, 'onInvalid'],
  ])('refuse %o', (options, name) => {
    expect(() => httpRecords({ port: 0, ...(options as object) })).toThrow(
      expect.objectContaining({ code: 'MR_CONFIG_INVALID_OPTION', message: expect.stringContaining(name) }),
    );
  });

  it('take a plain object, and keep the object of the program', async () => {
    const schema: RecordSchema = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate(this: unknown, value) {
          return { value: [value, this === schema['~standard']] };
        },
      },
    };
    const http = await start({ validate: schema });
    await http.post({ a: 1 });
    expect(http.context.records).toEqual([[{ a: 1 }, true]]);
  });
});
