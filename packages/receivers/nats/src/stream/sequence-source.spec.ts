import { ManualClock } from '@millrace/core';
import type { Msg, NatsConnection } from '@nats-io/transport-node';
import { describe, expect, it } from 'vitest';
import type { JetStreamLink } from '../jetstream/jetstream-link.ts';
import { SequenceSource } from './sequence-source.ts';

/** A source of one consumer, whose messages and heartbeats come from the test. */
async function beginSource() {
  let deliver: (error: null, message: Msg) => void = () => undefined;
  let inbox = '';
  const connection = {
    publish: (_: string, __: string, { reply }: { readonly reply: string }) => void (inbox = reply),
    subscribe: (_: string, { callback }: { readonly callback: typeof deliver }) => {
      deliver = callback;
      return { isClosed: () => false, drain: async () => undefined };
    },
  } as unknown as NatsConnection;
  const jetstream = {
    link: { connection },
    addConsumer: async () => ({ name: 'c', num_pending: 3, delivered: { stream_seq: 100, consumer_seq: 0 } }),
    pullSubject: () => 'NEXT',
  } as unknown as JetStreamLink;
  const source = new SequenceSource({
    jetstream,
    clock: new ManualClock(),
    subjects: undefined,
    inboxPrefix: '_INBOX',
    maxBytes: 1_000,
  });
  await source.begin({ deliver_policy: 'by_start_sequence' });
  source.ask();
  const message = (number: number): void => {
    const reply = `$JS.ACK.orders.c.1.${100 + number}.${number}.0.0`;
    deliver(null, { subject: 'orders.new', reply, size: () => 3 } as unknown as Msg);
  };
  const heartbeat = (delivered: number): void => {
    const headers = { code: 100, description: 'Idle Heartbeat', get: () => `${delivered}` };
    deliver(null, { subject: inbox, headers } as unknown as Msg);
  };
  return { source, message, heartbeat };
}

describe('SequenceSource', () => {
  it('goes on while everything that was delivered has come', async () => {
    const { source, message, heartbeat } = await beginSource();
    for (const number of [1, 2]) message(number);
    heartbeat(2);
    message(3);
    heartbeat(3);
    expect([source.failure, source.arrived.count]).toEqual([undefined, 3]);
  });

  it('fails at the next delivery when one was lost', async () => {
    const { source, message } = await beginSource();
    for (const number of [1, 3]) message(number);
    expect(source.failure?.error).toMatchObject({
      code: 'MR_NATS_UNREACHABLE',
      message: 'expected delivery 2 of the consumer, got 3',
    });
  });

  it('fails at the next heartbeat when the newest delivery was lost', async () => {
    const { source, message, heartbeat } = await beginSource();
    for (const number of [1, 2]) message(number);
    heartbeat(3);
    expect(source.failure?.error).toMatchObject({
      code: 'MR_NATS_UNREACHABLE',
      message: 'the consumer has delivered 3 messages, 2 have come',
    });
  });
});
