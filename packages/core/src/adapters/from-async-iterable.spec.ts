import { describe, expect, expectTypeOf, it } from 'vitest';
import { FakeReceiverContext, settled } from '../../test/fake-receiver-context.ts';
import type { ConfiguredReceiver } from '../contracts/receiver.ts';
import { ManualClock } from '../time/manual-clock.ts';
import { fromAsyncIterable } from './from-async-iterable.ts';
import { GIVE_BACK_MS } from './give-back.ts';

async function* numbers(onEnd: () => void = () => undefined) {
  try {
    for (let n = 0; ; n += 1) yield n;
  } finally {
    onEnd();
  }
}

describe('fromAsyncIterable', () => {
  it('stores every record in order and stops at the end', async () => {
    const receiver = fromAsyncIterable(() => ['a', 'b', 'c']).create();
    const context = new FakeReceiverContext<string>();
    receiver.start(context);
    await settled();
    expect(context.stored).toEqual(['a', 'b', 'c']);
    expect(context.stops).toEqual([{ message: 'end of input', error: undefined }]);
  });

  it('has started once the iterable is made, and without a record', async () => {
    const connected = Promise.withResolvers<void>();
    const receiver = fromAsyncIterable(async () => {
      await connected.promise;
      return { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => undefined) }) };
    }).create();
    const context = new FakeReceiverContext<never>();
    let hasStarted = false;
    void Promise.resolve(receiver.start(context)).then(() => (hasStarted = true));
    await settled();
    expect(hasStarted).toBe(false);
    connected.resolve();
    await settled();
    expect(hasStarted).toBe(true);
  });

  it('tells the engine of a failure before its start settles', async () => {
    const receiver = fromAsyncIterable(() => Promise.reject(new Error('no host'))).create();
    const context = new FakeReceiverContext<never>();
    await receiver.start(context);
    expect(context.restarts).toMatchObject([{ message: 'the source failed' }]);
  });

  it('requests no record while the engine requests a wait (BLK-2)', async () => {
    let asked = 0;
    const counted = async function* () {
      for (;;) yield (asked += 1);
    };
    const receiver = fromAsyncIterable(counted).create();
    const context = new FakeReceiverContext<number>();
    context.room = 3;
    receiver.start(context);
    await settled();
    expect([asked, context.isAwaited]).toEqual([3, true]);
    context.welcome(2);
    await settled();
    expect(asked).toBe(5);
    await context.end(receiver);
  });

  it('gives the event loop turns under an endless source', async () => {
    const receiver = fromAsyncIterable(() => numbers()).create();
    const context = new FakeReceiverContext<number>();
    receiver.start(context);
    await settled(2);
    expect(context.stored.length).toBeGreaterThan(0);
    await context.end(receiver);
  });

  it('returns the iterator on a stop', async () => {
    let ended = 0;
    const receiver = fromAsyncIterable(() => numbers(() => (ended += 1))).create();
    const context = new FakeReceiverContext<number>();
    context.room = 1;
    receiver.start(context);
    await settled();
    await context.end(receiver);
    expect(ended).toBe(1);
    expect([context.stops, context.restarts]).toEqual([[], []]);
  });

  it('aborts the signal passed to the source', async () => {
    let given: AbortSignal | undefined;
    const waiting = async function* (signal: AbortSignal) {
      given = signal;
      await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      yield 1;
    };
    const receiver = fromAsyncIterable(waiting).create();
    const context = new FakeReceiverContext<number>();
    receiver.start(context);
    await settled();
    await context.end(receiver);
    expect(given?.aborted).toBe(true);
    expect(context.restarts).toEqual([]);
    expect(context.logged).toEqual(['source failed while the receiver was being stopped']);
  });

  it('waits a bounded time for a source stuck in a read (STP-1)', async () => {
    const clock = new ManualClock();
    const stuck = {
      next: () => new Promise<never>(() => undefined),
      return: () => new Promise<never>(() => undefined),
    };
    const receiver = fromAsyncIterable<number>(() => ({ [Symbol.asyncIterator]: () => stuck })).create();
    const context = new FakeReceiverContext<number>(clock);
    receiver.start(context);
    await settled();
    const ended = context.end(receiver);
    await clock.advance(GIVE_BACK_MS);
    await ended;
    expect(context.logged).toEqual(['source did not release its resources in time']);
    expect(clock.pendingTimers).toBe(0);
  });

  it('settles its start when it is stopped while a source never opens (STP-1)', async () => {
    const clock = new ManualClock();
    const receiver = fromAsyncIterable<number>(() => new Promise<never>(() => undefined)).create();
    const context = new FakeReceiverContext<number>(clock);
    let hasSettled = false;
    void Promise.resolve(receiver.start(context)).then(() => (hasSettled = true));
    await settled();
    const ended = context.end(receiver);
    await clock.advance(GIVE_BACK_MS);
    await ended;
    expect(hasSettled).toBe(true);
  });

  it('requests a restart when the source fails', async () => {
    const failure = new Error('cursor lost');
    const failing = async function* () {
      yield 1;
      throw failure;
    };
    const receiver = fromAsyncIterable(failing).create();
    const context = new FakeReceiverContext<number>();
    receiver.start(context);
    await settled();
    expect(context.stored).toEqual([1]);
    expect(context.restarts).toEqual([{ message: 'the source failed', error: failure }]);
  });

  it("stops for good on a failure with onError 'stop'", async () => {
    const failure = new Error('no such table');
    const refuse = () => {
      throw failure;
    };
    const receiver = fromAsyncIterable<number>(refuse, { onError: 'stop' }).create();
    const context = new FakeReceiverContext<number>();
    receiver.start(context);
    await settled();
    expect(context.stops).toEqual([{ message: 'the source failed', error: failure }]);
    expect(context.restarts).toEqual([]);
  });

  it('returns a source that was still opening at the stop', async () => {
    let ended = 0;
    const opening = Promise.withResolvers<AsyncIterable<number>>();
    const receiver = fromAsyncIterable(() => opening.promise).create();
    const context = new FakeReceiverContext<number>();
    receiver.start(context);
    const stopped = context.end(receiver);
    opening.resolve({
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.reject(new Error('never asked')),
        return: () => Promise.resolve({ done: true, value: (ended += 1) }),
      }),
    });
    await stopped;
    expect(ended).toBe(1);
  });

  it('reports a source that fails to return its resources', async () => {
    const failure = new Error('socket stuck');
    const failing = () => ({
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.resolve({ done: false as const, value: 1 }),
        return: () => Promise.reject<IteratorResult<number>>(failure),
      }),
    });
    const receiver = fromAsyncIterable(failing).create();
    const context = new FakeReceiverContext<number>();
    context.room = 1;
    receiver.start(context);
    await settled();
    await context.end(receiver);
    expect(context.errors).toEqual([
      { message: 'the source failed while releasing its resources', error: failure },
    ]);
  });

  it('creates a new source for every start', async () => {
    let made = 0;
    const configured = fromAsyncIterable(() => [(made += 1)]);
    for (const expected of [1, 2]) {
      const context = new FakeReceiverContext<number>();
      configured.create().start(context);
      await settled();
      expect(context.stored).toEqual([expected]);
    }
  });

  it('declares no unknown capability of its source', () => {
    const { name, description, capabilities } = fromAsyncIterable(() => [1]);
    expect([name, description]).toEqual(['async-iterable', 'async-iterable']);
    expect(capabilities).toEqual({
      ack: 'none',
      replayable: false,
      ordering: 'per-stream',
      pause: true,
      bounded: false,
      format: 'records',
      touches: ['process'],
    });
  });

  it('accepts capabilities declared by the caller', () => {
    const configured = fromAsyncIterable(() => [1], {
      name: 'fixture',
      bounded: true,
      touches: [],
      preferredHost: 'db1',
    });
    expect(configured).toMatchObject({ name: 'fixture', description: 'fixture', preferredHost: 'db1' });
    expect(configured.capabilities).toMatchObject({ bounded: true, touches: [] });
    expect(Object.isFrozen(configured) && Object.isFrozen(configured.capabilities)).toBe(true);
  });

  it('refuses a wrong setting, and a source in place of a factory', () => {
    const onError = 'ignore' as 'stop';
    expect(() => fromAsyncIterable(() => [1], { onError })).toThrow(
      expect.objectContaining({ code: 'MR_CONFIG_INVALID_OPTION' }),
    );
    const iterable = numbers() as unknown as () => AsyncIterable<number>;
    expect(() => fromAsyncIterable(iterable)).toThrow(
      /called for every start, has to be a function, got "object"/,
    );
  });

  it('keeps the type of the records', () => {
    expectTypeOf(fromAsyncIterable(() => numbers())).toEqualTypeOf<ConfiguredReceiver<number>>();
    expectTypeOf(fromAsyncIterable(() => ['a'])).toEqualTypeOf<ConfiguredReceiver<string>>();
  });
});
