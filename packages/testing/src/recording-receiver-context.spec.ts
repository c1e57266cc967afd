import { isMillraceError, type Receiver } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { RecordingReceiverContext } from './recording-receiver-context.ts';
import { settle } from './settle.ts';

const line = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The error thrown by a call. */
function thrown(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('RecordingReceiverContext', () => {
  it('keeps records, lines and blocks in order', async () => {
    const context = new RecordingReceiverContext<string>();
    expect(context.store('a')).toBe(true);
    expect(context.storeText(line('x\ny\n'), 2)).toBe(true);
    await context.storeBlock(['b', 'c'], { offset: 7 });
    await context.storeBytes(line('d'), 1);
    expect(context.records).toEqual(['a', 'b', 'c']);
    expect(context.lines).toEqual(['x', 'y']);
    expect(context.blocks.map(({ recordCount }) => recordCount)).toEqual([2, 1]);
    expect(context.blocks[0]?.metadata).toEqual({ offset: 7 });
  });

  it('answers false when the room is used up, and stores the record nevertheless', () => {
    const context = new RecordingReceiverContext<number>({ room: 2 });
    expect([context.store(1), context.store(2), context.store(3)]).toEqual([true, false, false]);
    expect(context.records).toEqual([1, 2, 3]);
  });

  it('lets a receiver wait until there is room', async () => {
    const context = new RecordingReceiverContext<number>({ room: 1 });
    context.store(1);
    const steps: string[] = [];
    const waiting = context.ready().then(() => steps.push('ready'));
    await settle();
    expect([context.isAwaited, steps]).toEqual([true, []]);
    context.makeRoom(1);
    await waiting;
    expect([context.isAwaited, steps]).toEqual([false, ['ready']]);
  });

  it('refuses a receiver that never waits (BLK-2)', () => {
    const context = new RecordingReceiverContext<number>({ room: 0 });
    for (let i = 0; i < 1_000; i += 1) context.store(i);
    expect(
      isMillraceError(
        thrown(() => context.store(1_000)),
        'MR_RECEIVER_OVERRUN',
      ),
    ).toBe(true);
    expect(context.records).toHaveLength(1_000);
  });

  it('refuses text with another number of whole lines than stated', () => {
    const context = new RecordingReceiverContext<string>();
    expect(() => context.storeText(line('a\nb'), 2)).toThrow(TypeError);
    expect(() => context.storeText(line('a\nb\n'), 1)).toThrow(TypeError);
  });

  it('hands tokens over in the order of storing (REC-2)', async () => {
    const context = new RecordingReceiverContext<string>();
    const acknowledged: unknown[][] = [];
    const receiver: Receiver<string> = {
      start: () => {
        for (const token of [1, 2, 3]) context.store(`record ${token}`, token);
        context.store('without token');
      },
      stop: () => {},
      acknowledge: (tokens) => void acknowledged.push([...tokens]),
    };
    await context.start(receiver);
    await context.acknowledge(receiver, 2);
    await context.acknowledge(receiver);
    await context.acknowledge(receiver);
    expect(acknowledged).toEqual([[1, 2], [3]]);
  });

  it('treats a failed start as a restart request', async () => {
    const context = new RecordingReceiverContext();
    const error = new Error('no route');
    await context.start({ start: () => Promise.reject(error), stop: () => {} });
    expect(context.restarts).toEqual([{ message: 'receiver failed to start', error }]);
  });

  it('records the messages of the receiver', () => {
    const context = new RecordingReceiverContext();
    context.reportError('odd', 1);
    context.restart('lost', undefined, 500);
    context.stop('done');
    expect(context.errors).toEqual([{ message: 'odd', error: 1 }]);
    expect(context.restarts).toEqual([{ message: 'lost', error: undefined, delayMs: 500 }]);
    expect(context.stops).toEqual([{ message: 'done', error: undefined }]);
  });

  it('fails the selected block once', async () => {
    const context = new RecordingReceiverContext<string>();
    context.failNextBlock(new Error('no disk'));
    await expect(context.storeBlock(['a'])).rejects.toThrow('no disk');
    await context.storeBlock(['a']);
    expect(context.records).toEqual(['a']);
  });

  it('keeps the order of the calls while a block waits for room (BLK-1)', async () => {
    const context = new RecordingReceiverContext<string>({ room: 0 });
    const block = context.storeBlock(['a', 'b']);
    expect([context.store('c', 3), context.isAwaited]).toEqual([false, true]);
    expect(context.records).toEqual([]);
    context.makeRoom();
    await block;
    expect([context.records, context.unacknowledged]).toEqual([['a', 'b', 'c'], [3]]);
  });

  it('stores waiting blocks at the end, like the engine', async () => {
    const context = new RecordingReceiverContext<string>({ room: 0 });
    const block = context.storeBlock(['a']);
    context.abort();
    await block;
    expect(context.records).toEqual(['a']);
  });

  it('ends a receiver in the order of the engine, and refuses to store afterwards', async () => {
    const context = new RecordingReceiverContext<string>({ room: 0 });
    const steps: string[] = [];
    const waiting = context.ready().catch((error: unknown) => steps.push((error as Error).message));
    await context.end({
      start: () => {},
      stop: ({ kind }) => void steps.push(`${kind}, aborted: ${context.signal.aborted}`),
      closed: () => void steps.push('closed'),
    });
    await waiting;
    expect(steps.toSorted()).toEqual(['by the test', 'closed', 'stopped, aborted: true']);
    expect(
      isMillraceError(
        thrown(() => context.store('late')),
        'MR_RECEIVER_NOT_RUNNING',
      ),
    ).toBe(true);
  });
});
