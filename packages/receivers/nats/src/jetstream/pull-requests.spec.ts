import { ManualClock } from '@millrace/core';
import type { Msg, NatsConnection } from '@nats-io/transport-node';
import { describe, expect, it } from 'vitest';
import { PullRequests } from './pull-requests.ts';

/** A connection whose messages come from the test. */
class FakeConnection {
  readonly requests: { readonly batch: number; readonly reply: string }[] = [];
  readonly drained: string[] = [];
  #deliver: ((error: Error | null, message: Msg) => void) | undefined;

  publish(_: string, body: string, { reply }: { readonly reply: string }): void {
    this.requests.push({ batch: (JSON.parse(body) as { batch: number }).batch, reply });
  }

  subscribe(subject: string, { callback }: { callback: (error: Error | null, message: Msg) => void }) {
    this.#deliver = callback;
    const drain = async (): Promise<void> => void this.drained.push(subject);
    return { isClosed: () => false, drain };
  }

  message(): void {
    this.#deliver?.(null, { subject: 'orders.new' } as Msg);
  }

  status(code: number, description: string, request = this.requests.length - 1): void {
    const subject = this.requests[request]?.reply ?? '';
    const get = (name: string): string => (name === 'Nats-Last-Consumer' ? '7' : '');
    this.#deliver?.(null, { subject, headers: { code, description, get } } as unknown as Msg);
  }
}

function world(assertConsumer: () => Promise<void> = async () => undefined) {
  const connection = new FakeConnection();
  const clock = new ManualClock();
  const told: unknown[] = [];
  const heartbeats: number[] = [];
  const requests = new PullRequests({
    connection: connection as unknown as NatsConnection,
    clock,
    subject: 'NEXT',
    inboxPrefix: '_INBOX',
    onMessage: () => void told.push('message'),
    onEnded: (end) => void told.push(end),
    onFailed: (error) => void told.push(error instanceof Error ? error.message : error),
    onHeartbeat: (delivered) => void heartbeats.push(delivered),
    assertConsumer,
  });
  return { connection, clock, told, requests, heartbeats };
}

const ROOM = { messages: 2, bytes: 100 };

describe('PullRequests', () => {
  it('end with the last message, and leave a late status of an earlier request out', () => {
    const { connection, told, requests } = world();
    requests.ask(ROOM);
    connection.message();
    expect(requests.isAsked).toBe(true);
    connection.message();
    expect([requests.isAsked, told]).toEqual([false, ['message', 'message', 'over']]);
    requests.ask(ROOM);
    connection.status(409, 'Batch Completed', 0);
    connection.status(409, 'Consumer Deleted', 0);
    expect([requests.isAsked, told.length]).toEqual([true, 3]);
  });

  it.each([
    [408, 'Request Timeout', 'over'],
    [409, 'Message Size Exceeds MaxBytes', 'too-large'],
    [409, 'Leadership Change', 'over'],
    [409, 'Consumer Deleted', 'the request for messages was refused: consumer deleted'],
    [503, '', 'the request for messages was refused: no server answers for the consumer'],
    [400, 'Bad Request', 'the request for messages was refused: bad request'],
  ])('end with the status %i %s', (code, description, expected) => {
    const { connection, told, requests } = world();
    requests.ask(ROOM);
    connection.status(100, 'Idle Heartbeat');
    connection.status(code, description);
    expect([requests.isAsked, told]).toEqual([false, [expected]]);
  });

  it('tell how much the consumer has delivered, by the heartbeats of the newest request', () => {
    const { connection, requests, heartbeats } = world();
    requests.ask(ROOM);
    connection.status(100, 'Idle Heartbeat');
    connection.status(408, 'Request Timeout');
    requests.ask(ROOM);
    connection.status(100, 'Idle Heartbeat', 0);
    expect(heartbeats).toEqual([7]);
  });

  it('are made anew after a silence, under another inbox, while the consumer exists', async () => {
    const { connection, clock, told, requests } = world();
    requests.ask(ROOM);
    await clock.advance(14_000);
    connection.status(100, 'Idle Heartbeat');
    await clock.advance(14_000);
    expect(told).toEqual([]);
    await clock.advance(20_000);
    expect([told, connection.drained.length]).toEqual([['over'], 1]);
    requests.ask(ROOM);
    const [first, second] = connection.requests;
    expect(first?.reply.split('.')[1]).not.toBe(second?.reply.split('.')[1]);
  });

  it('fail after a silence, when nobody knows the consumer', async () => {
    const { clock, told, requests } = world(() => Promise.reject(new Error('consumer not found')));
    requests.ask(ROOM);
    await clock.advance(40_000);
    expect(told).toEqual(['consumer not found']);
  });

  it('tell nothing after the end', async () => {
    const { connection, clock, told, requests } = world();
    requests.ask(ROOM);
    await requests.end();
    connection.status(408, 'Request Timeout');
    requests.ask(ROOM);
    await clock.advance(60_000);
    expect([told, connection.requests.length]).toEqual([[], 1]);
  });
});
