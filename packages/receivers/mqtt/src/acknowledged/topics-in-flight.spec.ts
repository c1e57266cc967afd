import { settle } from '@millrace/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TopicsInFlight, type MessageToken } from './topics-in-flight.ts';

const inFlight = (maxInFlight: number, maxBytesInFlight = 1_000) =>
  new TopicsInFlight({ maxInFlight, maxBytesInFlight });

describe('TopicsInFlight', () => {
  it('has room up to the bounds, and for one message above the bound of bytes', () => {
    const messages = inFlight(2, 100);
    expect(messages.hasRoom(500)).toBe(true);
    const first = messages.store(60, 1);
    expect([messages.hasRoom(40), messages.hasRoom(41)]).toEqual([true, false]);
    messages.store(40, 2);
    expect(messages.hasRoom(0)).toBe(false);
    messages.release([first]);
    expect([messages.hasRoom(60), messages.hasRoom(61)]).toEqual([true, false]);
  });

  it('lets a caller wait for room, or for the signal', async () => {
    const messages = inFlight(1);
    const token = messages.store(1, 1);
    const abort = new AbortController();
    let passed = 0;
    const pass = (): number => (passed += 1);
    void messages.room(1, abort.signal).then(pass);
    await settle();
    expect(passed).toBe(0);
    messages.release([token]);
    await settle();
    expect(passed).toBe(1);
    messages.store(1, 2);
    void messages.room(1, abort.signal).then(pass);
    abort.abort();
    messages.wake();
    await settle();
    expect(passed).toBe(2);
  });

  it('acknowledges a message that is left out behind the stored ones before', () => {
    const messages = inFlight(10);
    expect(messages.leaveOut(7)).toEqual([7]);
    const [first, second] = [messages.store(1, 8), messages.store(1, undefined)];
    expect([messages.leaveOut(9), messages.leaveOut(undefined), messages.leaveOut(10)]).toEqual([[], [], []]);
    expect(messages.release([first])).toEqual([8]);
    expect(messages.release([second])).toEqual([9, 10]);
    expect(messages.leaveOut(11)).toEqual([11]);
  });

  it('acknowledges every message once, in the order of arrival', () => {
    const step = fc.constantFrom('store', 'leave out', 'release');
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const messages = inFlight(100);
        const waiting: MessageToken[] = [];
        const acknowledged: number[] = [];
        let arrived = 0;
        for (const act of steps) {
          if (act === 'store') waiting.push(messages.store(1, (arrived += 1)));
          else if (act === 'leave out') acknowledged.push(...messages.leaveOut((arrived += 1)));
          else acknowledged.push(...messages.release(waiting.splice(0, 1)));
        }
        acknowledged.push(...messages.release(waiting));
        expect(acknowledged).toEqual(Array.from({ length: arrived }, (_, index) => index + 1));
      }),
    );
  });
});
