import { ManualClock, SeededRandom } from '@millrace/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeFrame } from './session-frame.ts';
import { SESSION_LIMITS, type SessionLimits } from './session-limits.ts';
import { type SessionEnd, SessionMachine } from './session-machine.ts';

/** What a carrier does to a frame: the delays of its arrivals in ms; none is a loss. */
type Fate = () => readonly number[];

const inOrder: Fate = () => [1];

/** Two sides over a carrier whose behaviour a test changes. */
class Pair {
  readonly clock = new ManualClock();
  readonly delivered: Record<'a' | 'b', string[]> = { a: [], b: [] };
  readonly ends: Partial<Record<'a' | 'b', SessionEnd>> = {};
  readonly frames: { readonly from: 'a' | 'b'; readonly kind: string; readonly sequence: number }[] = [];
  readonly a: SessionMachine;
  readonly b: SessionMachine;
  fate: Fate = inOrder;

  constructor(limits: Partial<SessionLimits> = {}) {
    const complete = { ...SESSION_LIMITS, ...limits };
    this.a = this.#side('a', complete, () => this.b);
    this.b = this.#side('b', complete, () => this.a);
  }

  post(from: 'a' | 'b', text: string): void {
    this[from].post(Buffer.from(text));
  }

  #side(name: 'a' | 'b', limits: SessionLimits, other: () => SessionMachine): SessionMachine {
    return new SessionMachine({
      clock: this.clock,
      limits,
      publish: (frame) => {
        const { kind = 'none', sequence = 0 } = decodeFrame(frame) ?? {};
        this.frames.push({ from: name, kind, sequence });
        for (const delayMs of this.fate()) this.clock.after(delayMs, () => other().take(frame));
      },
      deliver: (body) => this.delivered[name].push(Buffer.from(body).toString()),
      onEnd: (end) => (this.ends[name] = end),
    });
  }
}

function numbered(count: number, prefix = ''): string[] {
  return Array.from({ length: count }, (_, n) => `${prefix}${n}`);
}

describe('a session', () => {
  it('delivers bodies in order, and acknowledges within 20 ms', async () => {
    const pair = new Pair();
    for (const text of numbered(5)) pair.post('a', text);
    await pair.clock.advance(1);
    expect(pair.delivered.b).toEqual(numbered(5));
    expect(pair.a.inFlight).toBe(5);
    await pair.clock.advance(21);
    expect([pair.a.inFlight, pair.a.queuedBytes]).toEqual([0, 0]);
    expect(pair.frames.filter(({ kind }) => kind === 'ack')).toHaveLength(1);
    expect(pair.clock.pendingTimers).toBe(1);
    await pair.clock.advance(250);
    expect(pair.clock.pendingTimers).toBe(0);
  });

  it('lets a reply carry the acknowledgement', async () => {
    const pair = new Pair();
    pair.post('a', 'question');
    await pair.clock.advance(1);
    pair.post('b', 'answer');
    await pair.clock.advance(1);
    expect(pair.a.inFlight).toBe(0);
    await pair.clock.advance(500);
    expect(pair.frames.map(({ kind }) => kind)).toEqual(['data', 'data', 'ack']);
  });

  it('sends lost frames again after 250 ms without progress, and all of them without another wait', async () => {
    const pair = new Pair();
    pair.fate = () => [];
    for (const text of numbered(200)) pair.post('a', text);
    await pair.clock.advance(249);
    expect(pair.frames).toHaveLength(200);
    pair.fate = inOrder;
    await pair.clock.advance(1);
    expect(pair.frames).toHaveLength(232);
    await pair.clock.advance(200);
    expect(pair.delivered.b).toEqual(numbered(200));
  });

  it('does not send a frame again while acknowledgements arrive', async () => {
    const pair = new Pair();
    for (const text of numbered(2_000)) pair.post('a', text);
    await pair.clock.advance(2_000);
    expect(pair.delivered.b).toHaveLength(2_000);
    expect(pair.frames.filter(({ from }) => from === 'a')).toHaveLength(2_000);
  });

  it('cuts a long body into pieces and joins the pieces', async () => {
    const pair = new Pair({ pieceBytes: 10 });
    const long = 'x'.repeat(95);
    for (const text of ['', long, 'end']) pair.post('a', text);
    await pair.clock.advance(1);
    expect(pair.delivered.b).toEqual(['', long, 'end']);
    expect(pair.frames.filter(({ kind }) => kind === 'data')).toHaveLength(12);
  });

  it('keeps at most a window of frames and bytes on their way', async () => {
    const pair = new Pair({ windowFrames: 8, windowBytes: 100 });
    pair.fate = () => [];
    for (const text of numbered(50)) pair.post('a', text);
    expect([pair.a.inFlight, pair.frames.length]).toEqual([8, 8]);
    const wide = new Pair({ windowFrames: 8, windowBytes: 100 });
    wide.fate = () => [];
    for (let n = 0; n < 8; n += 1) wide.post('a', 'x'.repeat(30));
    expect(wide.a.inFlight).toBe(3);
    const one = new Pair({ windowBytes: 10 });
    one.post('a', 'x'.repeat(1_000));
    await one.clock.advance(1);
    expect(one.delivered.b).toHaveLength(1);
  });

  it('acknowledges at once when half a window has arrived', async () => {
    const pair = new Pair({ windowFrames: 8 });
    for (const text of numbered(40)) pair.post('a', text);
    await pair.clock.advance(19);
    expect(pair.delivered.b).toEqual(numbered(40));
  });

  it('is closed when more bytes wait than permitted, and tells the other side', async () => {
    const pair = new Pair({ queueBytes: 100 });
    for (let n = 0; n < 10; n += 1) pair.post('a', '0123456789');
    expect(pair.a.end).toBeUndefined();
    pair.post('a', 'x');
    await pair.clock.advance(1);
    expect(pair.ends).toEqual({ a: 'overflow', b: 'closed-there' });
    pair.post('a', 'late');
    expect([pair.a.queuedBytes, pair.clock.pendingTimers]).toEqual([0, 0]);
  });

  it('ends on both sides with close, once, and leaves no timer', async () => {
    const pair = new Pair();
    pair.post('a', '1');
    pair.post('b', '2');
    pair.a.close();
    pair.a.close();
    await pair.clock.advance(1_000);
    expect(pair.ends).toEqual({ a: 'closed-here', b: 'closed-there' });
    expect(pair.delivered).toEqual({ a: [], b: ['1'] });
    expect([pair.clock.pendingTimers, pair.frames.filter(({ kind }) => kind === 'close').length]).toEqual([
      0, 1,
    ]);
  });

  it('drops bytes that are not a frame', () => {
    const pair = new Pair();
    pair.b.take(Buffer.from('something else'));
    pair.b.take(new Uint8Array(0));
    expect([pair.b.end, pair.frames]).toEqual([undefined, []]);
  });

  it('delivers every body once and in order over a carrier that loses, repeats and reorders', async () => {
    const run = fc.record({
      seed: fc.nat(),
      bodies: fc.array(fc.tuple(fc.constantFrom('a', 'b'), fc.nat(40), fc.nat(60)), { maxLength: 120 }),
      lost: fc.nat(60),
      repeated: fc.nat(30),
      spreadMs: fc.nat(400),
    });
    await fc.assert(
      fc.asyncProperty(run, async ({ seed, bodies, lost, repeated, spreadMs }) => {
        const pair = new Pair({ pieceBytes: 16, windowFrames: 10, windowBytes: 120, resendFrames: 4 });
        const random = new SeededRandom(seed);
        pair.fate = () => {
          if (random.integer(100) < lost) return [];
          const delay = () => 1 + random.integer(spreadMs + 1);
          return random.integer(100) < repeated ? [delay(), delay()] : [delay()];
        };
        const sent: Record<'a' | 'b', string[]> = { a: [], b: [] };
        for (const [index, [from, length, waitMs]] of bodies.entries()) {
          const text = `${index}:${'x'.repeat(length)}`;
          sent[from as 'a'].push(text);
          pair.post(from as 'a', text);
          await pair.clock.advance(waitMs);
          expect(pair.a.inFlight).toBeLessThanOrEqual(10);
        }
        // The reconnect is over.
        pair.fate = inOrder;
        await pair.clock.advance(60_000);
        expect([pair.delivered.b, pair.delivered.a]).toEqual([sent.a, sent.b]);
        expect([pair.a.queuedBytes, pair.b.queuedBytes, pair.clock.pendingTimers]).toEqual([0, 0, 0]);
      }),
      { numRuns: 60 },
    );
  });
});
