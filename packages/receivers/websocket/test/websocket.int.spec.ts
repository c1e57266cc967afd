// `webSocketMessages` over a real server: messages, pauses, silence, and servers that refuse.
import { inspect } from 'node:util';
import { NodeStorage, type Receiver, SystemClock } from '@millrace/core';
import { RecordingReceiverContext, untilTrue } from '@millrace/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { webSocketMessages, type WebSocketInput } from '../src/index.ts';
import { CERTIFICATE, MessageServer } from './message-server.ts';

const SECRET = 'correct-horse';

async function server(options?: { readonly isSecured: boolean }): Promise<MessageServer> {
  const started = await MessageServer.start(options);
  onTestFinished(() => started.stop());
  return started;
}

const receivers = new WeakMap<RecordingReceiverContext, Receiver<unknown>>();

/** Starts a receiver; ends with the test. */
async function connected(options: WebSocketInput): Promise<RecordingReceiverContext> {
  const context = new RecordingReceiverContext({ clock: new SystemClock(), storage: new NodeStorage() });
  const receiver: Receiver<unknown> = webSocketMessages(options).create();
  receivers.set(context, receiver);
  await context.start(receiver);
  onTestFinished(() => ended(context));
  return context;
}

/** Ends a receiver, once. */
async function ended(context: RecordingReceiverContext): Promise<void> {
  const receiver = receivers.get(context);
  receivers.delete(context);
  if (receiver !== undefined) await context.end(receiver);
}

const codesOf = (context: RecordingReceiverContext) =>
  context.restarts.map(({ error }) => (error as { readonly code?: unknown }).code);

describe('messages', () => {
  it('come from frames of text and of bytes, with what was sent to subscribe', async () => {
    const source = await server();
    const context = await connected({
      url: source.url,
      headers: { 'X-Key': 'k' },
      onOpen: ['a', 'b'],
      record: 'full',
    });
    await untilTrue(() => source.received.length === 2);
    expect(source.received).toEqual(['a', 'b']);
    expect(source.requests[0]?.headers['x-key']).toBe('k');
    source.send(['1', Buffer.from('{"a":2}')]);
    await untilTrue(() => context.records.length === 2);
    expect(context.records).toMatchObject([
      { value: 1, timestampMs: expect.any(Number) },
      { value: { a: 2 } },
    ]);
  });

  it('wait in the connection and at the server while the engine has no room', async () => {
    const source = await server();
    const context = await connected({ url: source.url, silenceMs: 3_000 });
    context.makeRoom(1);
    const count = 50_000;
    source.send(Array.from({ length: count }, (_, id) => JSON.stringify({ id, text: 'x'.repeat(1_000) })));
    await untilTrue(() => context.isAwaited);
    // Longer than the longest silence.
    await new Promise((resolve) => void setTimeout(resolve, 4_000));
    expect(context.records).toHaveLength(1);
    // The rest waits in the buffers of sockets and at the server.
    expect(source.proxy.receivedBytes).toBeLessThan(20_000_000);
    context.makeRoom();
    await untilTrue(() => context.records.length === count);
    expect(context.records.map((record) => (record as { readonly id: number }).id)).toEqual(
      Array.from({ length: count }, (_, id) => id),
    );
    expect(context.restarts).toEqual([]);
  });

  it('that are malformed end the receiver, or are left out', async () => {
    const source = await server();
    const stopping = await connected({ url: source.url });
    const skipping = await connected({ url: source.url, onMalformed: 'skip' });
    source.send(['{', Buffer.from([0x22, 0xff, 0x22]), '1']);
    await untilTrue(() => skipping.records.length === 1 && stopping.stops.length === 1);
    expect(stopping.records).toEqual([]);
    expect(stopping.stops).toMatchObject([{ error: { code: 'MR_WEBSOCKET_MALFORMED' } }]);
    expect(skipping.errors).toMatchObject([{ error: { code: 'MR_WEBSOCKET_MALFORMED' } }]);
  });

  it('that are too large lead to a restart with the reason', async () => {
    const source = await server();
    const context = await connected({ url: source.url, maxMessageBytes: 100 });
    source.send(['x'.repeat(101)]);
    await untilTrue(() => context.restarts.length > 0);
    expect(codesOf(context)).toEqual(['MR_WEBSOCKET_TOO_LARGE']);
  });
});

describe('a connection', () => {
  it('that the server closes leads to a restart with the code', async () => {
    const source = await server();
    const context = await connected({ url: source.url });
    source.closeAll(1_001);
    await untilTrue(() => context.restarts.length > 0);
    expect(codesOf(context)).toEqual(['MR_WEBSOCKET_CLOSED']);
    expect(context.restarts[0]?.message).toContain('1001');
  });

  it('that is silent is asked, and is given up without an answer', async () => {
    const source = await server();
    const context = await connected({ url: source.url, silenceMs: 3_000 });
    await new Promise((resolve) => void setTimeout(resolve, 6_500));
    expect(context.restarts).toEqual([]);
    source.proxy.stall();
    await untilTrue(() => context.restarts.length > 0);
    expect(codesOf(context)).toEqual(['MR_WEBSOCKET_UNREACHABLE']);
    expect(context.restarts[0]?.message).toContain('sign of life');
  });

  it('that the server refuses leads to a restart with the status', async () => {
    const source = await server();
    const context = await connected({ url: source.url.replace('/feed', '/other') });
    expect(codesOf(context)).toEqual(['MR_WEBSOCKET_REFUSED']);
    expect(context.restarts[0]?.error).toMatchObject({ details: { status: 400 } });
  });

  it('is closed at the stop, also while it is paused', async () => {
    const source = await server();
    const context = await connected({ url: source.url });
    context.makeRoom(0);
    source.send(['1', '2']);
    await untilTrue(() => context.isAwaited);
    expect(source.connections).toBe(1);
    await ended(context);
    await untilTrue(() => source.connections === 0);
  });

  it('with TLS, a password and a token reads, and repeats no secret', async () => {
    const source = await server({ isSecured: true });
    const url = `wss://ann:${SECRET}@localhost:${source.proxy.port}/feed?token=${SECRET}`;
    const context = await connected({ url, tls: { caFile: CERTIFICATE } });
    await untilTrue(() => source.connections === 1);
    source.send(['1']);
    await untilTrue(() => context.records.length === 1);
    expect(source.requests[0]?.headers.authorization).toContain('Basic ');
    expect(webSocketMessages({ url }).description).toBe(
      `websocket wss://localhost:${source.proxy.port}/feed`,
    );
    expect(inspect([context.log.lines, context.errors], { depth: 10 })).not.toContain('horse');
  });

  it.each<readonly [string, (port: number) => WebSocketInput, string]>([
    ['no server', () => ({ url: `ws://ann:${SECRET}@127.0.0.1:1/` }), 'MR_WEBSOCKET_UNREACHABLE'],
    [
      'an untrusted certificate',
      (port) => ({ url: `wss://localhost:${port}/?t=${SECRET}` }),
      'MR_WEBSOCKET_UNREACHABLE',
    ],
    [
      'a missing file',
      (port) => ({ url: `wss://localhost:${port}/?t=${SECRET}`, tls: { caFile: 'nowhere.pem' } }),
      'MR_WEBSOCKET_TLS_UNUSABLE',
    ],
  ])('reports %s, and repeats no secret', async (_, options, code) => {
    const source = await server({ isSecured: true });
    const context = await connected({ ...options(source.proxy.port), headers: { Authorization: SECRET } });
    expect(codesOf(context)).toEqual([code]);
    expect(inspect([context.log.lines, context.restarts], { depth: 10, showHidden: true })).not.toContain(
      'horse',
    );
  });
});
