import { ManualClock, type StreamingEvents, type StreamingListener } from '@millrace/core';
import { RecordingLogger } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { EventFreezer } from './frozen-event.ts';
import { ListenerBus } from './listener-bus.ts';
import { PostedEvent } from './posted-event.ts';

/** Records the times of its events; waits, fails or calls as the test says. */
class TestListener implements StreamingListener {
  readonly times: number[] = [];
  onTime: (timeMs: number) => void | Promise<void> = () => undefined;

  async onEvent<K extends keyof StreamingEvents>(_event: K, value: StreamingEvents[K]): Promise<void> {
    if (!('timeMs' in value)) return;
    this.times.push(value.timeMs);
    await this.onTime(value.timeMs);
  }
}

function setUp(options: { readonly maxQueued?: number } = {}) {
  const clock = new ManualClock();
  const log = new RecordingLogger();
  const bus = new ListenerBus({ clock, log, ...options });
  const listener = new TestListener();
  bus.add(listener);
  const post = (...times: number[]) => {
    for (const timeMs of times)
      bus.post(new PostedEvent('streaming:started', { timeMs }, clock.monotonicMs(), new EventFreezer()));
  };
  return { bus, clock, log, listener, post, settle: () => clock.advance(0) };
}

/** A promise that never settles: a listener that is stuck. */
const never = () => new Promise<void>(() => undefined);

describe('ListenerBus', () => {
  it('delivers in order, never inside the call of post', async () => {
    const { listener, post, settle } = setUp();
    post(1, 2, 3);
    expect(listener.times).toEqual([]);
    await settle();
    expect(listener.times).toEqual([1, 2, 3]);
  });

  it('delivers one event at a time', async () => {
    const { listener, post, settle } = setUp();
    const { promise, resolve } = Promise.withResolvers<void>();
    listener.onTime = () => promise;
    post(1, 2);
    await settle();
    expect(listener.times).toEqual([1]);
    resolve();
    await settle();
    expect(listener.times).toEqual([1, 2]);
  });

  it('lets a slow listener delay only itself', async () => {
    const { bus, listener, post, settle } = setUp();
    listener.onTime = never;
    const other = new TestListener();
    bus.add(other);
    post(1, 2);
    await settle();
    expect(listener.times).toEqual([1]);
    expect(other.times).toEqual([1, 2]);
  });

  it('drops and counts events beyond the bound, and logs a burst once', async () => {
    const { bus, log, listener, post, settle } = setUp({ maxQueued: 2 });
    post(1, 2, 3, 4);
    await settle();
    expect(listener.times).toEqual([1, 2]);
    expect(bus.droppedCount()).toBe(2);
    expect(log.messages('warn')).toHaveLength(1);
    post(5, 6, 7);
    await settle();
    expect(bus.droppedCount()).toBe(3);
    expect(log.messages('warn')).toHaveLength(2);
  });

  it('logs the error of a listener and goes on', async () => {
    const { log, listener, post, settle } = setUp();
    listener.onTime = (timeMs) => {
      if (timeMs === 1) throw new Error('no');
    };
    post(1, 2);
    await settle();
    expect(listener.times).toEqual([1, 2]);
    expect(log.messages('error')).toEqual(['listener failed']);
  });

  it('gives other work a turn during a long burst', async () => {
    const { listener, post, clock } = setUp();
    post(...Array.from({ length: 250 }, (_, index) => index));
    await Promise.resolve();
    for (let turn = 0; turn < 10_000 && listener.times.length < 100; turn += 1) await Promise.resolve();
    for (let turn = 0; turn < 1_000; turn += 1) await Promise.resolve();
    expect(listener.times).toHaveLength(100);
    await clock.advance(0);
    expect(listener.times).toHaveLength(250);
  });

  it('adds a listener once, and removes it with its waiting events', async () => {
    const { bus, listener, post, settle } = setUp();
    bus.add(listener);
    post(1);
    await settle();
    expect(listener.times).toEqual([1]);
    post(2);
    bus.remove(listener);
    post(3);
    await settle();
    expect(listener.times).toEqual([1]);
  });
});

describe('ListenerBus: stop', () => {
  it('delivers the queued events, and nothing after', async () => {
    const { bus, listener, post, clock } = setUp();
    post(1, 2);
    const stopped = bus.stop();
    post(3);
    await stopped;
    expect(listener.times).toEqual([1, 2]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('ends at its deadline when a listener is stuck (STP-1)', async () => {
    const { bus, log, listener, post, clock } = setUp();
    listener.onTime = never;
    post(1, 2, 3);
    const stopped = bus.stop(1_000);
    await clock.advance(1_000);
    await stopped;
    expect(bus.droppedCount()).toBe(2);
    expect(log.messages('warn')).toEqual(['listeners did not process their last events in time']);
  });

  it('waits five seconds by default', async () => {
    const { bus, listener, post, clock } = setUp();
    listener.onTime = never;
    post(1);
    const stopped = bus.stop();
    await clock.advance(5_000);
    await stopped;
    expect(clock.now()).toBe(5_000);
  });

  it('does not wait for the listener that calls it', async () => {
    const { bus, listener, post, clock, settle } = setUp();
    let hasStopped = false;
    listener.onTime = async (timeMs) => {
      if (timeMs !== 1) return;
      await bus.stop();
      hasStopped = true;
    };
    post(1, 2);
    await settle();
    expect(hasStopped).toBe(true);
    expect(listener.times).toEqual([1, 2]);
    expect(clock.now()).toBe(0);
  });

  it('does not wait for listeners that wait for a stop in progress', async () => {
    const { bus, listener, post, settle } = setUp();
    const second = new TestListener();
    bus.add(second);
    let stopped: Promise<void> | undefined;
    const stop = async () => {
      bus.doNotWaitForCaller();
      await (stopped ??= bus.stop());
    };
    listener.onTime = stop;
    second.onTime = stop;
    let hasStopped = false;
    post(1);
    await settle();
    void stopped?.then(() => {
      hasStopped = true;
    });
    await settle();
    expect(hasStopped).toBe(true);
  });

  it('waits for a listener that called stop and has returned', async () => {
    const { bus, listener, post, settle } = setUp();
    const { promise, resolve } = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    let stopped: Promise<void> | undefined;
    let hasStopped = false;
    listener.onTime = (timeMs) => {
      if (timeMs === 2) return promise;
      void begun.promise.then(() => {
        stopped = bus.stop().then(() => {
          hasStopped = true;
        });
      });
      return undefined;
    };
    post(1, 2);
    await settle();
    begun.resolve();
    await settle();
    expect(hasStopped).toBe(false);
    resolve();
    await settle();
    await stopped;
    expect(hasStopped).toBe(true);
  });
});
