import { ManualClock, MsgpackCodec, type ReceiverContext } from '@millrace/core';
import { coreError } from '@millrace/core';
import { RecordingLogger } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { configured, evenRandom, gate, ScriptedDriver, ScriptedHandler } from '../../test/receiving-fakes.ts';
import { noStorage } from '../../test/supervised-receiver.ts';
import { ReceiverHost } from './receiver-host.ts';

/** A host whose program has the streams 0 and 1. */
function hostWith() {
  const clock = new ManualClock(1_000_000);
  const driver = new ScriptedDriver();
  const handler = new ScriptedHandler();
  const live = { now: 0, most: 0, starts: 0 };
  const contexts: ReceiverContext<unknown>[] = [];
  const receiver = configured(() => ({
    start: (context) => {
      contexts.push(context);
      live.starts += 1;
      live.now += 1;
      live.most = Math.max(live.most, live.now);
    },
    stop: () => void (live.now -= 1),
  }));
  const host = new ReceiverHost({
    identity: { executorId: 'a', host: 'here', cores: 1, driver },
    receiverOf: (streamId) => (streamId < 2 ? receiver : undefined),
    handler,
    codec: new MsgpackCodec(),
    clock,
    random: evenRandom,
    storage: noStorage,
    log: new RecordingLogger(),
  });
  const start = (attemptId: string, streamId = 0) => host.startReceiver({ epoch: 1, streamId, attemptId });
  return { host, start, clock, driver, handler, live, contexts };
}

describe('ReceiverHost', () => {
  it('runs the receivers that the driver starts', async () => {
    const { start, clock, live, driver } = hostWith();
    await start('one', 0);
    await start('two', 1);
    await clock.advance(0);
    expect(live.now).toBe(2);
    expect(driver.requests('RegisterReceiver').map(({ attemptId }) => attemptId)).toEqual(['one', 'two']);
  });

  it('refuses a stream that its program does not have', async () => {
    const { start } = hostWith();
    await expect(start('one', 2)).rejects.toMatchObject({ code: 'MR_RECEIVER_UNKNOWN_STREAM' });
  });

  it('recognises a repeated start', async () => {
    const { start, clock, live } = hostWith();
    await start('one');
    await start('one');
    await clock.advance(0);
    await start('one');
    await clock.advance(0);
    expect(live.starts).toBe(1);
  });

  it('never restarts an attempt that has ended', async () => {
    const { host, start, clock, live } = hostWith();
    await start('one');
    await clock.advance(0);
    await host.stopReceiver({ epoch: 1, streamId: 0, message: 'enough', withinMs: 1_000 });
    await start('one');
    await clock.advance(10_000);
    expect([live.starts, live.now]).toEqual([1, 0]);
  });

  it('ends the running attempt before it begins a new one', async () => {
    const { start, clock, live, contexts, handler } = hostWith();
    await start('one');
    await clock.advance(0);
    contexts[0]?.store('of one');
    await start('two');
    await clock.advance(0);
    expect([live.starts, live.most, live.now]).toEqual([2, 1, 1]);
    expect(handler.stored.map(({ id }) => id)).toEqual(['input-0-one-0']);
  });

  it('waits only for a limited time for a replaced attempt', async () => {
    const { start, clock, contexts, handler, driver } = hostWith();
    handler.before = (id) => (id.includes('one') ? gate().promise : undefined);
    await start('one');
    await clock.advance(0);
    contexts[0]?.store('stuck');
    await start('two');
    await clock.advance(4_999);
    expect(contexts.length).toBe(1);
    await clock.advance(1);
    expect(driver.requests('DeregisterReceiver')).toMatchObject([{ attemptId: 'one', recordsLeft: 1 }]);
    expect(contexts.at(-1)?.attemptId).toBe('two');
  });

  it('ignores a late start of an attempt that was replaced', async () => {
    const { start, clock, contexts } = hostWith();
    await start('one');
    await start('two');
    await start('one');
    await clock.advance(10_000);
    expect(contexts.map(({ attemptId }) => attemptId).at(-1)).toBe('two');
  });

  it('starts with the rate of the message and changes it on request', async () => {
    const { host, clock, contexts } = hostWith();
    await host.startReceiver({ epoch: 1, streamId: 0, attemptId: 'one', rateLimit: 20 });
    await clock.advance(0);
    const [context] = contexts as [ReceiverContext<unknown>];
    expect([context.store('a'), context.store('b')]).toEqual([true, false]);
    await host.updateRateLimit({ epoch: 1, streamId: 0, recordsPerSecond: 10_000 });
    await clock.advance(100);
    expect(context.store('c')).toBe(true);
    await host.updateRateLimit({ epoch: 1, streamId: 9, recordsPerSecond: 1 });
  });

  it('answers a stop with the records left by all attempts of the stream', async () => {
    const { host, start, clock, contexts, handler } = hostWith();
    handler.before = () => Promise.reject(coreError('MR_BLOCK_STORE_FULL', 'full'));
    await start('one');
    await clock.advance(0);
    contexts[0]?.store('left');
    const stopped = host.stopReceiver({
      epoch: 1,
      streamId: 0,
      message: 'enough',
      withinMs: 1_000,
    });
    await clock.advance(1_000);
    expect(await stopped).toEqual({ recordsLeft: 1 });
    expect(await host.stopReceiver({ epoch: 1, streamId: 1, message: 'none', withinMs: 0 })).toEqual({
      recordsLeft: 0,
    });
  });

  it('cancels a new attempt that waits for the old one when it is stopped', async () => {
    const { host, start, clock, contexts, handler, live } = hostWith();
    handler.before = () => gate().promise;
    await start('one');
    await clock.advance(0);
    contexts[0]?.store('stuck');
    await start('two');
    const stopped = host.stopReceiver({
      epoch: 1,
      streamId: 0,
      message: 'enough',
      withinMs: 1_000,
    });
    await clock.advance(1_000);
    expect(await stopped).toEqual({ recordsLeft: 1 });
    await clock.advance(60_000);
    expect([live.starts, live.now]).toEqual([1, 0]);
  });

  it('ends all receivers at once on close, and starts none afterwards', async () => {
    const { host, start, clock, contexts, handler, live } = hostWith();
    handler.before = () => gate().promise;
    await start('one');
    await start('two', 1);
    await clock.advance(0);
    contexts[0]?.store('left behind');
    await host.close();
    expect(live.now).toBe(0);
    await expect(start('three')).rejects.toMatchObject({ code: 'MR_EXECUTOR_UNREACHABLE' });
    await host.close();
    expect(clock.pendingTimers).toBe(0);
  });
});
