import { Socket } from 'node:net';
import { isMillraceError, ManualClock, type Receiver, type TextPiece } from '@millrace/core';
import { RecordingReceiverContext, settle } from '@millrace/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { type SocketTextInput, socketTextOptions } from './socket-text.options.ts';
import { SocketLineReader } from './socket-line-reader.ts';
import { SocketReceiver } from './socket-receiver.ts';

/** A receiver on a socket without a network: the test provides the bytes. */
class Fixture {
  readonly clock = new ManualClock();
  readonly context = new RecordingReceiverContext<string>({ clock: this.clock });
  readonly socket = new Socket();
  readonly receiver: Receiver<string>;

  constructor(options: Partial<SocketTextInput>) {
    const all = socketTextOptions.parse({ host: 'example', port: 9_999, ...options });
    this.receiver = new SocketReceiver(
      all,
      () => this.socket,
      (context, address) => new SocketLineReader(context, all, address),
    );
    this.receiver.start(this.context);
  }

  /** Sends this text as the peer; null ends the stream. */
  async send(text: string | null): Promise<void> {
    this.socket.push(text === null ? null : Buffer.from(text));
    await settle();
  }

  async fail(message: string): Promise<void> {
    this.socket.destroy(new Error(message));
    await settle();
  }

  async end(): Promise<void> {
    await this.context.end(this.receiver);
    expect(this.clock.pendingTimers).toBe(0);
  }

  codes(kind: 'errors' | 'restarts' | 'stops'): (string | undefined)[] {
    return this.context[kind].map(({ error }) => (isMillraceError(error) ? error.code : undefined));
  }
}

const running: Fixture[] = [];

function connecting(options: Partial<SocketTextInput> = {}): Fixture {
  const fixture = new Fixture(options);
  running.push(fixture);
  return fixture;
}

function connected(options: Partial<SocketTextInput> = {}): Fixture {
  const fixture = connecting(options);
  fixture.socket.emit('connect');
  return fixture;
}

afterEach(async () => {
  for (const fixture of running.splice(0)) await fixture.end();
});

describe('a receiver of lines', () => {
  it('stores the whole lines of every chunk in order', async () => {
    const peer = connected();
    await peer.send('one\ntwo\nth');
    expect(peer.context.lines).toEqual(['one', 'two']);
    await peer.send('ree\r\nfour\n');
    expect(peer.context.lines).toEqual(['one', 'two', 'three', 'four']);
  });

  it('stores an unfinished last line at the end', async () => {
    const peer = connected();
    await peer.send('one\ntwo');
    await peer.send(null);
    expect(peer.context.lines).toEqual(['one', 'two']);
  });

  it('requests a restart when the stream ends', async () => {
    const peer = connected();
    await peer.send(null);
    expect(peer.codes('restarts')).toEqual(['MR_SOCKET_ENDED']);
    expect(peer.context.stops).toEqual([]);
  });

  it('stops for good at the end with onEnd stop', async () => {
    const peer = connected({ onEnd: 'stop' });
    await peer.send('one\n');
    await peer.send(null);
    expect(peer.context.stops).toHaveLength(1);
    expect(peer.context.restarts).toEqual([]);
  });

  it('stores and reads nothing until ready after a false (BLK-2)', async () => {
    const peer = connected();
    await peer.send('st');
    peer.context.makeRoom(1);
    await peer.send('art\nmore\n');
    await peer.send('later\n');
    expect(peer.context.lines).toEqual(['start']);
    expect(peer.socket.isPaused()).toBe(true);
    peer.context.makeRoom();
    await peer.send('last\n');
    expect(peer.context.lines).toEqual(['start', 'more', 'later', 'last']);
  });

  it('stores the received lines before reporting the end', async () => {
    const peer = connected();
    peer.context.makeRoom(1);
    await peer.send('one\n');
    await peer.send('two\nthree');
    await peer.send(null);
    expect(peer.context.restarts).toEqual([]);
    peer.context.makeRoom();
    await settle();
    expect(peer.context.lines).toEqual(['one', 'two', 'three']);
    expect(peer.context.restarts).toHaveLength(1);
  });

  it('leaves out a long line, reports the line and continues', async () => {
    const peer = connected({ maxLineBytes: 4 });
    await peer.send('ab\nabcdef');
    await peer.send('ghi\ncd\n');
    expect(peer.context.lines).toEqual(['ab', 'cd']);
    expect(peer.codes('errors')).toEqual(['MR_SOCKET_LONG_LINE']);
  });

  it('sums up the long lines of a second in one report', async () => {
    const peer = connected({ maxLineBytes: 1 });
    await peer.send('ab\ncd\nef\n');
    expect(peer.context.errors).toHaveLength(1);
    expect(peer.receiver.gauges?.()).toEqual({ droppedRecords: 3 });
    await peer.clock.advance(1_000);
    expect(peer.context.errors).toHaveLength(2);
    expect(peer.context.errors[1]?.error).toMatchObject({
      details: { skipped: 2, totalSkipped: 3 },
    });
    await peer.clock.advance(10_000);
    expect(peer.context.errors).toHaveLength(2);
  });

  it('reports every long line before it ends', async () => {
    const peer = connected({ maxLineBytes: 1 });
    await peer.send('ab\ncd\n');
    await peer.send(null);
    expect(peer.context.errors).toHaveLength(2);
  });

  it('stops at a long line on request, keeping earlier lines', async () => {
    const peer = connected({ maxLineBytes: 4, onLongLine: 'stop' });
    await peer.send('ab\nabcdef\ncd\n');
    expect(peer.context.lines).toEqual(['ab']);
    expect(peer.codes('stops')).toEqual(['MR_SOCKET_LONG_LINE']);
    expect(peer.socket.destroyed).toBe(true);
  });

  it('requests a restart when no connection comes in time', async () => {
    const peer = connecting({ connectTimeoutMs: 500 });
    await peer.clock.advance(499);
    expect(peer.context.restarts).toEqual([]);
    await peer.clock.advance(1);
    expect(peer.codes('restarts')).toEqual(['MR_SOCKET_CONNECT_TIMEOUT']);
  });

  it('requests a restart when the connection is refused', async () => {
    const peer = connecting();
    await peer.fail('connect ECONNREFUSED');
    expect(peer.codes('restarts')).toEqual(['MR_SOCKET_CONNECT_FAILED']);
  });

  it('reports the incomplete line of a connection that broke', async () => {
    const peer = connected();
    await peer.send('one\ntw');
    await peer.fail('read ECONNRESET');
    expect(peer.context.lines).toEqual(['one']);
    expect(peer.codes('errors')).toEqual(['MR_SOCKET_UNFINISHED_LINE']);
    expect(peer.codes('restarts')).toEqual(['MR_SOCKET_LOST']);
  });

  it('treats a long silence as a lost peer', async () => {
    const peer = connected({ idleTimeoutMs: 100 });
    await peer.clock.advance(90);
    await peer.send('one\n');
    await peer.clock.advance(100);
    expect(peer.context.restarts).toEqual([]);
    await peer.clock.advance(10);
    expect(peer.codes('restarts')).toEqual(['MR_SOCKET_IDLE']);
  });

  it('does not treat a peer held back by the receiver as silent', async () => {
    const peer = connected({ idleTimeoutMs: 100 });
    peer.context.makeRoom(1);
    await peer.send('one\n');
    await peer.clock.advance(1_000);
    expect(peer.context.restarts).toEqual([]);
  });

  it('accepts any silence by default', async () => {
    const peer = connected();
    await peer.clock.advance(86_400_000);
    expect(peer.context.restarts).toEqual([]);
  });

  it('stops while waiting to store, and accepts a second stop', async () => {
    const peer = connected();
    peer.context.makeRoom(1);
    await peer.send('one\ntwo\n');
    await peer.end();
    await peer.end();
    expect(peer.socket.closed).toBe(true);
    expect(peer.context.restarts).toEqual([]);
    expect(peer.context.errors).toEqual([]);
  });

  it('stops although it was never started', async () => {
    const options = socketTextOptions.parse({ host: 'example', port: 9_999 });
    const receiver = new SocketReceiver<string, TextPiece>(
      options,
      () => new Socket(),
      (context, address) => new SocketLineReader(context, options, address),
    );
    await expect(receiver.stop()).resolves.toBeUndefined();
  });
});
