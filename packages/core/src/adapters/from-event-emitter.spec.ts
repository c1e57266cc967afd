import { EventEmitter } from 'node:events';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { FakeReceiverContext, settled } from '../../test/fake-receiver-context.ts';
import type { ConfiguredReceiver } from '../contracts/receiver.ts';
import { fromEventEmitter, type EventEmitterOptions } from './from-event-emitter.ts';

type Options = Partial<EventEmitterOptions<number, EventEmitter>>;

function started(options: Options = {}, room = Number.POSITIVE_INFINITY) {
  const emitter = new EventEmitter();
  const receiver = fromEventEmitter<number, EventEmitter>(() => emitter, {
    event: 'reading',
    ...options,
  }).create();
  const context = new FakeReceiverContext<number>();
  context.room = room;
  void receiver.start(context);
  return { emitter, receiver, context };
}

const emit = (emitter: EventEmitter, ...records: readonly number[]) =>
  records.forEach((record) => emitter.emit('reading', record));

describe('fromEventEmitter', () => {
  it('stores the first argument of every event', () => {
    const { emitter, context } = started();
    emit(emitter, 1, 2);
    expect(context.stored).toEqual([1, 2]);
  });

  it('makes records of all arguments with toRecord', () => {
    const { emitter, context } = started({ toRecord: (a, b) => Number(a) * Number(b) });
    emitter.emit('reading', 6, 7);
    expect(context.stored).toEqual([42]);
  });

  it('keeps events in order while the engine requests a wait', async () => {
    const { emitter, context } = started({}, 1);
    emit(emitter, 1, 2, 3, 4);
    expect(context.stored).toEqual([1]);
    context.welcome(2);
    await settled();
    expect(context.stored).toEqual([1, 2, 3]);
    emit(emitter, 5);
    context.welcome();
    await settled();
    emit(emitter, 6);
    expect(context.stored).toEqual([1, 2, 3, 4, 5, 6]);
    expect(context.errors).toEqual([]);
  });

  it('drops, counts and reports events beyond its buffer (BLK-2)', async () => {
    const { emitter, context } = started({ maxBuffered: 2 }, 1);
    emit(emitter, 1, 2, 3, 4, 5, 6);
    expect(context.errors).toMatchObject([{ error: { code: 'MR_RECEIVER_BUFFER_FULL' } }]);
    context.welcome();
    await settled();
    expect(context.stored).toEqual([1, 2, 3]);
    expect(context.errors[1]).toMatchObject({
      error: { code: 'MR_RECEIVER_BUFFER_FULL', details: { dropped: 3, droppedTotal: 3, maxBuffered: 2 } },
    });
    emit(emitter, 7);
    expect(context.stored).toEqual([1, 2, 3, 7]);
    expect(context.errors).toHaveLength(2);
  });

  it('counts the events left in the buffer at a stop', async () => {
    const { emitter, receiver, context } = started({}, 1);
    emit(emitter, 1, 2, 3);
    await context.end(receiver);
    expect(context.errors).toMatchObject([{ error: { details: { dropped: 2, droppedTotal: 2 } } }]);
  });

  it('stores the events before the end, then stops', async () => {
    const { emitter, context } = started({}, 1);
    emit(emitter, 1, 2);
    emitter.emit('end');
    emit(emitter, 3);
    expect(context.stops).toEqual([]);
    context.welcome();
    await settled();
    expect(context.stored).toEqual([1, 2]);
    expect(context.stops).toEqual([{ message: 'end of input', error: undefined }]);
  });

  it.each([
    ['restart', 'restarts'],
    ['stop', 'stops'],
  ] as const)('reacts to an error event according to onError: %s', (onError, told) => {
    const { emitter, context } = started({ onError });
    const failure = new Error('broker gone');
    emitter.emit('error', failure);
    emitter.emit('error', new Error('again'));
    expect(context[told]).toEqual([{ message: 'the source failed', error: failure }]);
  });

  it('listens for the configured events', () => {
    const { emitter, context } = started({ endEvent: 'close', errorEvent: 'fault' });
    emitter.emit('end');
    expect(context.stops).toEqual([]);
    emitter.emit('close');
    expect(context.stops).toHaveLength(1);
  });

  it('throws no failure of its own into the emitter', () => {
    const failure = new TypeError('not a number');
    const refuse = () => {
      throw failure;
    };
    const { emitter, context } = started({ toRecord: refuse });
    expect(emitter.emit('reading', 'x')).toBe(true);
    expect(context.restarts).toEqual([{ message: 'the source failed', error: failure }]);
  });

  it('removes its listeners and closes the emitter on a stop', async () => {
    const closed: EventEmitter[] = [];
    const { emitter, receiver, context } = started({ close: (given) => void closed.push(given) }, 1);
    emit(emitter, 1);
    context.abort();
    emit(emitter, 2);
    await context.end(receiver);
    expect(context.stored).toEqual([1]);
    expect(emitter.eventNames()).toEqual([]);
    expect(closed).toEqual([emitter]);
    expect([context.restarts, context.errors]).toEqual([[], []]);
  });

  it('declares that it cannot wait', () => {
    const configured = fromEventEmitter(() => new EventEmitter(), { event: 'reading' });
    expect(configured.capabilities).toMatchObject({ pause: false, ack: 'none', replayable: false });
  });

  it('takes the type of the records from toRecord', () => {
    const typed = () => new EventEmitter<{ reading: [unit: string, value: number] }>();
    const toRecord = (unit: unknown, value: unknown) => ({ unit: String(unit), value: Number(value) });
    const configured = fromEventEmitter(typed, { event: 'reading', toRecord });
    expectTypeOf(configured).toEqualTypeOf<ConfiguredReceiver<{ unit: string; value: number }>>();
    expect(configured.name).toBe('event-emitter');
  });

  it('refuses a buffer without room', () => {
    const configure = () => fromEventEmitter(() => new EventEmitter(), { event: 'reading', maxBuffered: 0 });
    expect(configure).toThrow(
      'event-emitter does not accept option maxBuffered: expected a whole number, at least 1, got 0; leave it out for 10000',
    );
  });
});
