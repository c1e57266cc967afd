import { Socket } from 'node:net';
import { isMillraceError, ManualClock } from '@millrace/core';
import { RecordingReceiverContext, settle } from '@millrace/testing';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { FrameDecoder } from './frame-decoder.ts';
import { type SocketFramesInput, socketFramesOptions } from './socket-frames.options.ts';
import { SocketReceiver } from './socket-receiver.ts';

/** A frame as sent by a peer. */
function frame(content: Uint8Array | string): Buffer {
  const bytes = Buffer.from(content);
  const header = Buffer.alloc(4);
  header.writeUInt32BE(bytes.byteLength);
  return Buffer.concat([header, bytes]);
}

const ended: (() => Promise<void>)[] = [];

/** A receiver on a socket without a network. */
function connected(options: Partial<SocketFramesInput> = {}) {
  const all = socketFramesOptions.parse({ host: 'example', port: 9_999, ...options });
  const clock = new ManualClock();
  const context = new RecordingReceiverContext<Uint8Array>({ clock });
  const socket = new Socket();
  const receiver = new SocketReceiver(
    all,
    () => socket,
    (given, address) => new FrameDecoder(given, all, address),
  );
  receiver.start(context);
  socket.emit('connect');
  ended.push(() => context.end(receiver));
  const send = async (...chunks: (Buffer | null)[]) => {
    for (const chunk of chunks) socket.push(chunk);
    await settle();
  };
  const texts = () => context.records.map((bytes) => Buffer.from(bytes).toString());
  return { clock, context, receiver, socket, send, texts };
}

const codes = (told: readonly { readonly error?: unknown }[]) =>
  told.map(({ error }) => (isMillraceError(error) ? error.code : undefined));

afterEach(async () => {
  for (const end of ended.splice(0)) await end();
});

describe('a receiver of frames', () => {
  it('stores each frame once and in order, for any cuts of the bytes (BLK-1)', async () => {
    const contents = fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(contents, fc.array(fc.integer({ min: 1, max: 9 })), async (frames, cuts) => {
        const { context, send } = connected();
        let bytes = Buffer.concat(frames.map(frame));
        for (const cut of cuts) {
          if (bytes.byteLength <= cut) break;
          await send(bytes.subarray(0, cut));
          bytes = bytes.subarray(cut);
        }
        await send(bytes);
        expect(context.records.map((record) => [...record])).toEqual(frames.map((content) => [...content]));
      }),
    );
  });

  it('gives every record memory of its own', async () => {
    const { context, send } = connected();
    await send(Buffer.concat([frame('one'), frame('two')]));
    expect(context.records.map(({ buffer }) => buffer.byteLength)).toEqual([3, 3]);
  });

  it('stores and reads nothing until ready after a false (BLK-2)', async () => {
    const { context, socket, send, texts } = connected();
    context.makeRoom(1);
    await send(Buffer.concat([frame('one'), frame('two'), frame('three')]));
    expect([texts(), socket.isPaused()]).toEqual([['one'], true]);
    context.makeRoom();
    await send(frame('four'));
    expect(texts()).toEqual(['one', 'two', 'three', 'four']);
  });

  it('ends for good at a too long frame, and names the remedy', async () => {
    const { context, send, texts } = connected({ maxFrameBytes: 4 });
    await send(Buffer.concat([frame('one'), frame('longer'), frame('two')]));
    expect(texts()).toEqual(['one']);
    expect(codes(context.stops)).toEqual(['MR_SOCKET_LONG_FRAME']);
    expect(context.stops[0]?.message).toContain('announced one of 6; raise maxFrameBytes');
  });

  it('accepts a frame of exactly the bound', async () => {
    const { context, send, texts } = connected({ maxFrameBytes: 4 });
    await send(frame('four'), frame('five!').subarray(0, 4));
    expect([texts(), codes(context.stops)]).toEqual([['four'], ['MR_SOCKET_LONG_FRAME']]);
  });

  it('leaves no timer behind, also when reports about long frames are pending', async () => {
    const { clock, context, receiver, send } = connected({ maxFrameBytes: 4, onLongFrame: 'skip' });
    await send(frame('longer'), frame('and longer'));
    await context.end(receiver);
    expect(codes(context.errors)).toEqual(['MR_SOCKET_LONG_FRAME', 'MR_SOCKET_LONG_FRAME']);
    expect(clock.pendingTimers).toBe(0);
  });

  it('detects a silent peer, also after holding the peer back', async () => {
    const { clock, context, send, texts } = connected({ idleTimeoutMs: 1_000 });
    context.makeRoom(1);
    await send(frame('one'), frame('two'));
    await clock.advance(10_000);
    expect(codes(context.restarts)).toEqual([]);
    context.makeRoom();
    await settle();
    expect(texts()).toEqual(['one', 'two']);
    await clock.advance(2_000);
    expect(codes(context.restarts)).toEqual(['MR_SOCKET_IDLE']);
  });

  it('leaves out a long frame on request, for any cuts, and continues', async () => {
    const { context, receiver, send, texts } = connected({ maxFrameBytes: 4, onLongFrame: 'skip' });
    const long = frame('much longer');
    await send(frame('one'), long.subarray(0, 2), long.subarray(2, 9), long.subarray(9), frame('two'));
    expect(receiver.gauges()).toEqual({ droppedRecords: 1 });
    expect(texts()).toEqual(['one', 'two']);
    expect(codes(context.errors)).toEqual(['MR_SOCKET_LONG_FRAME']);
    expect(context.stops).toEqual([]);
  });

  it.each([2, 6])('reports a frame that the end cuts off after %i bytes', async (bytes) => {
    const { context, send, texts } = connected();
    await send(frame('one'), frame('three').subarray(0, bytes), null);
    expect(texts()).toEqual(['one']);
    expect(codes(context.errors)).toEqual(['MR_SOCKET_UNFINISHED_FRAME']);
    expect(codes(context.restarts)).toEqual(['MR_SOCKET_ENDED']);
  });
});
