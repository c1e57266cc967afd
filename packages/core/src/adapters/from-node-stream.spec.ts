import { PassThrough, Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { FakeReceiverContext, settled } from '../../test/fake-receiver-context.ts';
import { fromNodeStream } from './from-node-stream.ts';

describe('fromNodeStream', () => {
  it('stores every object of a stream and stops at its end', async () => {
    const receiver = fromNodeStream<number>(() => Readable.from([1, 2, 3])).create();
    const context = new FakeReceiverContext<number>();
    receiver.start(context);
    await settled();
    expect(context.stored).toEqual([1, 2, 3]);
    expect(context.stops.map(({ message }) => message)).toEqual(['end of input']);
  });

  it('holds the stream back while the engine requests a wait (BLK-2)', async () => {
    let read = 0;
    const stream = new Readable({
      objectMode: true,
      highWaterMark: 4,
      read() {
        this.push((read += 1));
      },
    });
    const receiver = fromNodeStream<number>(() => stream).create();
    const context = new FakeReceiverContext<number>();
    context.room = 10;
    receiver.start(context);
    await settled();
    expect(context.stored).toHaveLength(10);
    expect(read).toBeLessThanOrEqual(20);
    await context.end(receiver);
  });

  it('destroys a silent stream on a stop', async () => {
    const stream = new PassThrough();
    const receiver = fromNodeStream(() => stream).create();
    const context = new FakeReceiverContext<Uint8Array>();
    receiver.start(context);
    await settled();
    await context.end(receiver);
    await settled();
    expect(stream.destroyed).toBe(true);
    expect(context.restarts).toEqual([]);
  });

  it('requests a restart when the stream fails', async () => {
    const stream = new PassThrough();
    const receiver = fromNodeStream(() => stream).create();
    const context = new FakeReceiverContext<Uint8Array>();
    receiver.start(context);
    stream.destroy(new Error('connection reset'));
    await settled();
    expect(context.restarts).toMatchObject([{ error: { message: 'connection reset' } }]);
  });

  it('survives the error of a stream before the first read', async () => {
    const opening = Promise.withResolvers<Readable>();
    const stream = new Readable({
      read: () => undefined,
      destroy: (_error, callback) => callback(new Error('late')),
    });
    const receiver = fromNodeStream(() => opening.promise).create();
    const context = new FakeReceiverContext<Uint8Array>();
    receiver.start(context);
    const ended = context.end(receiver);
    opening.resolve(stream);
    await ended;
    await settled();
    expect([stream.destroyed, stream.listenerCount('error')]).toEqual([true, 0]);
    expect(context.restarts).toEqual([]);
  });
});
