import { EventEmitter } from 'node:events';
import { ManualClock } from '@millrace/core';
import { settle } from '@millrace/testing';
import type { ConfirmChannel } from 'amqplib';
import { describe, expect, it } from 'vitest';
import { amqpSinkOptions } from '../amqp-sink.options.ts';
import { ConfirmedMessages } from './confirmed-messages.ts';

/** A channel whose confirmations come at the command of a test. */
class FakeChannel extends EventEmitter {
  readonly published: { readonly content: Buffer; readonly confirm: (error: unknown) => void }[] = [];

  publish(_: string, __: string, content: Buffer, ___: object, confirm: (error: unknown) => void): boolean {
    this.published.push({ content, confirm });
    return true;
  }
}

function publishing(options: object = {}) {
  const channel = new FakeChannel();
  const clock = new ManualClock();
  const messages = new ConfirmedMessages({
    channel: channel as unknown as ConfirmChannel,
    options: amqpSinkOptions.parse({ host: 'h', routingKey: 'q', ...options }),
    clock,
  });
  const publish = (text: string) =>
    messages.publish({ content: Buffer.from(text), messageId: 'm', routingKey: 'q', headers: {} });
  const confirm = (index: number, error: unknown = null) => channel.published[index]?.confirm(error);
  return { channel, clock, messages, publish, confirm };
}

describe('ConfirmedMessages', () => {
  it('publish while few messages wait for their confirmation', async () => {
    const { channel, publish, confirm } = publishing({ maxUnconfirmed: 2 });
    await publish('a');
    await publish('b');
    const third = publish('c');
    await settle();
    expect(channel.published).toHaveLength(2);
    confirm(0);
    await third;
    expect(channel.published).toHaveLength(3);
  });

  it('publish while few bytes wait, and a large message alone', async () => {
    const { channel, publish, confirm } = publishing({ bytesInMemory: 10 });
    await publish('x'.repeat(20));
    const second = publish('b');
    await settle();
    expect(channel.published).toHaveLength(1);
    confirm(0);
    await second;
    expect(channel.published).toHaveLength(2);
  });

  it('are confirmed when the broker has every message', async () => {
    const { messages, publish, confirm } = publishing();
    await publish('a');
    await publish('b');
    let isConfirmed = false;
    const confirmed = messages.confirmed().then(() => (isConfirmed = true));
    confirm(1);
    await settle();
    expect(isConfirmed).toBe(false);
    confirm(0);
    await confirmed;
  });

  it('fail when a message is refused, returned, or lost with the channel', async () => {
    for (const [fail, code] of [
      [({ confirm }) => confirm(0, new Error('message nacked')), 'MR_SINK_AMQP_REFUSED'],
      [({ channel }) => channel.emit('return', { fields: { routingKey: 'q' } }), 'MR_SINK_AMQP_UNROUTABLE'],
      [({ channel }) => channel.emit('close'), undefined],
    ] satisfies readonly [(of: ReturnType<typeof publishing>) => unknown, string | undefined][]) {
      const of = publishing();
      await of.publish('a');
      const confirmed = of.messages.confirmed();
      fail(of);
      of.confirm(0);
      const expected = code === undefined ? { message: 'the channel ended' } : { code };
      await expect(confirmed).rejects.toMatchObject(expected);
      await expect(of.publish('b')).rejects.toMatchObject(expected);
    }
  });

  it('fail when no confirmation comes in time, counted from the last one', async () => {
    const { clock, messages, publish, confirm } = publishing({ confirmTimeoutMs: 1_000 });
    await publish('a');
    await publish('b');
    const confirmed = messages.confirmed();
    confirmed.catch(() => undefined);
    await clock.advance(900);
    confirm(0);
    await settle();
    await clock.advance(900);
    await settle();
    await clock.advance(100);
    await expect(confirmed).rejects.toThrow('no confirmation within 1000 ms');
  });
});
