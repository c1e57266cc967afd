import { ReadableStream } from 'node:stream/web';
import { describe, expect, it } from 'vitest';
import { FakeReceiverContext, settled } from '../../test/fake-receiver-context.ts';
import { fromWebStream } from './from-web-stream.ts';

describe('fromWebStream', () => {
  it('stores every chunk and stops at the end', async () => {
    const receiver = fromWebStream(() => ReadableStream.from(['a', 'b'])).create();
    const context = new FakeReceiverContext<string>();
    receiver.start(context);
    await settled();
    expect(context.stored).toEqual(['a', 'b']);
    expect(context.stops.map(({ message }) => message)).toEqual(['end of input']);
  });

  it('pulls nothing while the engine requests a wait (BLK-2)', async () => {
    let pulled = 0;
    const source = { pull: (controller: { enqueue(n: number): void }) => controller.enqueue((pulled += 1)) };
    const receiver = fromWebStream(() => new ReadableStream<number>(source, { highWaterMark: 1 })).create();
    const context = new FakeReceiverContext<number>();
    context.room = 5;
    receiver.start(context);
    await settled();
    expect(context.stored).toHaveLength(5);
    expect(pulled).toBeLessThanOrEqual(6);
    await context.end(receiver);
  });

  it('cancels a silent stream on a stop', async () => {
    let cancelled = 0;
    const stream = new ReadableStream<string>({ cancel: () => void (cancelled += 1) });
    const receiver = fromWebStream(() => stream).create();
    const context = new FakeReceiverContext<string>();
    receiver.start(context);
    await settled();
    await context.end(receiver);
    expect([cancelled, stream.locked]).toEqual([1, false]);
    expect([context.stops, context.restarts]).toEqual([[], []]);
  });

  it('requests a restart when the stream or its creation fails', async () => {
    const failure = new Error('502');
    const failing = () => new ReadableStream<string>({ start: (controller) => controller.error(failure) });
    for (const create of [failing, () => Promise.reject<ReadableStream<string>>(failure)]) {
      const context = new FakeReceiverContext<string>();
      fromWebStream(create).create().start(context);
      await settled();
      expect(context.restarts).toEqual([{ message: 'the source failed', error: failure }]);
    }
  });
});
