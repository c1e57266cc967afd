// A listener with `postpone` at a hub: events of batches come late and together, and at the request of the listener.
import { ManualClock, type StreamingEvents, type StreamingListener } from '@millrace/core';
import type { PostponedEvents } from '@millrace/core/observation';
import { RecordingLogger, settle } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { EventHub } from './event-hub.ts';

/** Records its events. */
class PatientListener implements StreamingListener {
  readonly seen: (string | number | undefined)[][] = [];
  events: PostponedEvents | undefined;
  onCall: (event: string) => void | Promise<void> = () => undefined;

  onEvent<K extends keyof StreamingEvents>(event: K, value: StreamingEvents[K], postedMs?: number) {
    this.seen.push([event, 'state' in value ? value.state.keys : 0, postedMs]);
    return this.onCall(event);
  }

  postpone(events: PostponedEvents): void {
    this.events = events;
  }
}

function setUp() {
  const clock = new ManualClock();
  const log = new RecordingLogger();
  const hub = new EventHub({ clock, log });
  const listener = new PatientListener();
  hub.bus.add(listener);
  const post = (keys: number) =>
    hub.publish('state:changed', { state: { batchTime: 1, operator: 'o', keys } });
  const deliver = () => listener.events?.deliver();
  return { clock, log, hub, listener, post, deliver };
}

describe('a listener with postpone', () => {
  it('gets an event that waits at its request, at once, with the time of the posting', async () => {
    const { clock, hub, listener, post, deliver } = setUp();
    post(1);
    await clock.advance(100);
    post(2);
    await settle();
    expect(listener.seen).toEqual([]);
    expect(hub.bus.waitingCount()).toBe(0);
    deliver();
    expect(listener.seen).toEqual([
      ['state:changed', 1, 0],
      ['state:changed', 2, 100],
    ]);
    deliver();
    expect(listener.seen).toHaveLength(2);
  });

  it('gets waiting events before any other event, and other listeners get theirs at once', async () => {
    const { hub, listener, post } = setUp();
    const other: number[] = [];
    hub.on('state:changed', ({ state }) => void other.push(state.keys));
    post(1);
    await settle();
    expect(other).toEqual([1]);
    hub.publish('streaming:started', { timeMs: 5 });
    expect(listener.seen).toEqual([]);
    await settle();
    expect(listener.seen.map(([event]) => event)).toEqual(['state:changed', 'streaming:started']);
  });

  it('shares one frozen event with other listeners', async () => {
    const { hub, post, deliver, listener } = setUp();
    const values: unknown[] = [];
    listener.onEvent = (_event, value) => void values.push(value);
    hub.on('state:changed', (value) => void values.push(value));
    post(1);
    await settle();
    deliver();
    expect(values).toHaveLength(2);
    expect(values[0]).toBe(values[1]);
    expect(Object.isFrozen(values[0])).toBe(true);
  });

  it('that only reads gets the events of batches without a copy, and others frozen', async () => {
    const { hub } = setUp();
    const values: unknown[] = [];
    hub.bus.add({ readsOnly: true, onEvent: (_event, value) => void values.push(value) });
    const [changed, started] = [{ state: { batchTime: 1, operator: 'o', keys: 1 } }, { timeMs: 5 }];
    hub.publish('state:changed', changed);
    hub.publish('streaming:started', started);
    await settle();
    expect(values).toEqual([changed, started]);
    expect([values[0] === changed, Object.isFrozen(values[1])]).toEqual([true, true]);
  });

  it('is called for one event at a time: a request inside a call changes nothing', async () => {
    const { listener, post, deliver, log } = setUp();
    const depths: number[] = [];
    let depth = 0;
    listener.onCall = () => {
      depths.push((depth += 1));
      deliver();
      depth -= 1;
    };
    post(1);
    post(2);
    deliver();
    expect(depths).toEqual([1, 1]);
    listener.onCall = () => {
      throw new Error('broken');
    };
    post(3);
    post(4);
    deliver();
    expect(listener.seen).toHaveLength(4);
    expect(log.messages('error')).toEqual(['listener failed', 'listener failed']);
  });

  it('gets the rest after a call that is slow', async () => {
    const { listener, post, deliver } = setUp();
    const { promise, resolve } = Promise.withResolvers<void>();
    listener.onCall = () => promise;
    post(1);
    post(2);
    deliver();
    deliver();
    await settle();
    expect(listener.seen).toHaveLength(1);
    resolve();
    await settle();
    expect(listener.seen).toHaveLength(2);
  });

  it('misses nothing when the bus stops, or the listener is removed', async () => {
    const { hub, listener, post } = setUp();
    post(1);
    hub.bus.remove(listener);
    expect(listener.seen).toHaveLength(1);
    hub.bus.add(listener);
    post(2);
    await hub.bus.stop();
    expect(listener.seen).toHaveLength(2);
    expect(hub.bus.droppedCount()).toBe(0);
  });
});
