// Tests with a real server on the loopback interface. Every wait is for an event, bounded by the limit of the test.
import { once } from 'node:events';
import { isMillraceError, type Receiver } from '@millrace/core';
import { type RecordedMessage, settle } from '@millrace/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LineServer } from '../test/line-server.ts';
import { ObservedContext } from '../test/observed-context.ts';
import { socketText, type SocketTextInput } from './index.ts';

let server: LineServer;
const running: { context: ObservedContext; receiver: Receiver<string> }[] = [];

beforeEach(async () => {
  server = await LineServer.listen();
});

afterEach(async () => {
  for (const { context, receiver } of running.splice(0)) await context.end(receiver);
  await server.close();
});

function start(options: Partial<SocketTextInput> = {}): ObservedContext {
  const configured = socketText({ host: '127.0.0.1', port: server.port, ...options });
  const receiver = configured.create();
  const context = new ObservedContext();
  running.push({ context, receiver });
  void receiver.start(context);
  return context;
}

const codesOf = (told: readonly RecordedMessage[]): (string | undefined)[] =>
  told.map(({ error }) => (isMillraceError(error) ? error.code : undefined));

describe('socketText over TCP', () => {
  it('stores every line of a large stream once and in order (BLK-1)', async () => {
    const accepted = server.accept();
    const context = start();
    const sent = Array.from({ length: 200_000 }, (_, index) => `${index} ${'é'.repeat(index % 40)}`);
    (await accepted).end(sent.join('\n'));
    await context.until(() => context.restarts.length === 1);
    expect(context.lines.length).toBe(sent.length);
    expect(context.lines.every((line, index) => line === sent[index])).toBe(true);
    expect(codesOf(context.restarts)).toEqual(['MR_SOCKET_ENDED']);
  });

  it('loses nothing although every store requests a wait (BLK-2)', async () => {
    const accepted = server.accept();
    const context = start();
    context.makeRoom(1);
    const sent = Array.from({ length: 100_000 }, (_, index) => `${index}`.padEnd(40, 'x'));
    (await accepted).end(sent.join('\n'));
    await context.until(() => {
      if (context.isAwaited) setImmediate(() => context.makeRoom(1));
      return context.restarts.length === 1;
    });
    expect(context.lines).toEqual(sent);
  });

  it('holds its peer back over TCP while the engine requests a wait, and loses nothing', async () => {
    const accepted = server.accept();
    const context = start();
    context.makeRoom(1);
    const peer = await accepted;
    const line = 'x'.repeat(999);
    peer.end(`${line}\n`.repeat(32_768));
    await context.until(() => context.isAwaited);
    for (let turn = 0; turn < 200; turn += 1) await settle();
    // The buffers of both ends hold only a part of the 32 MiB: the rest waits at the peer.
    expect(peer.writableLength).toBeGreaterThan(0);
    context.makeRoom();
    await context.until(() => context.restarts.length === 1);
    expect(context.lines).toHaveLength(32_768);
    expect(new Set(context.lines)).toEqual(new Set([line]));
  });

  it('requests a restart when the connection is refused', async () => {
    await server.close();
    const context = start();
    await context.until(() => context.restarts.length === 1);
    expect(codesOf(context.restarts)).toEqual(['MR_SOCKET_CONNECT_FAILED']);
  });

  it('requests a restart when the connection is reset', async () => {
    const accepted = server.accept();
    const context = start();
    const peer = await accepted;
    peer.write('one\ntw');
    await context.until(() => context.lines.length === 1);
    peer.resetAndDestroy();
    await context.until(() => context.restarts.length === 1);
    expect(codesOf(context.errors)).toEqual(['MR_SOCKET_UNFINISHED_LINE']);
    expect(codesOf(context.restarts)).toEqual(['MR_SOCKET_LOST']);
  });

  it('leaves out a line of 32 MiB and continues', async () => {
    const accepted = server.accept();
    const context = start({ maxLineBytes: 1_024, onEnd: 'stop' });
    const peer = await accepted;
    peer.write('one\n');
    for (let index = 0; index < 32; index += 1) peer.write(Buffer.alloc(1_048_576, 'x'));
    peer.end('\ntwo\n');
    await context.until(() => context.stops.length === 1);
    expect(context.lines).toEqual(['one', 'two']);
    expect(codesOf(context.errors)).toEqual(['MR_SOCKET_LONG_LINE']);
  });

  it('stops while connecting, and accepts a second stop', async () => {
    const context = start();
    const { receiver } = running.pop() ?? expect.unreachable();
    await context.end(receiver);
    await context.end(receiver);
    expect(context.restarts).toEqual([]);
    expect(context.errors).toEqual([]);
  });

  it('closes the connection on a stop', async () => {
    const accepted = server.accept();
    const context = start();
    const peer = await accepted;
    peer.write('one\ntwo');
    await context.until(() => context.lines.length === 1);
    const { receiver } = running.pop() ?? expect.unreachable();
    const closed = once(peer, 'close');
    peer.resume();
    await context.end(receiver);
    await closed;
    expect(context.lines).toEqual(['one']);
    expect(context.restarts).toEqual([]);
  });
});
