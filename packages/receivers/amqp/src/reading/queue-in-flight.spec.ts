import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { QueueInFlight, type QueueToken } from './queue-in-flight.ts';

const inFlight = (maxInFlight: number, maxBytesInFlight = 1_000) =>
  new QueueInFlight({ maxInFlight, maxBytesInFlight });

describe('QueueInFlight', () => {
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

  it('acknowledges a message that is left out with the stored one in front', () => {
    const messages = inFlight(10);
    expect(messages.leaveOut(7)).toBe(7);
    const [first, second] = [messages.store(1, 8), messages.store(1, 9)];
    expect([messages.leaveOut(10), messages.leaveOut(11)]).toEqual([undefined, undefined]);
    expect(messages.release([first])).toBe(8);
    expect(messages.release([second])).toBe(11);
    expect(messages.leaveOut(12)).toBe(12);
    expect(messages.release([])).toBeUndefined();
  });

  it('acknowledges no message in flight, and everything in the end', () => {
    const step = fc.constantFrom('store', 'leave out', 'release');
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const messages = inFlight(100);
        const waiting: { readonly token: QueueToken; readonly tag: number }[] = [];
        let [arrived, acknowledged] = [0, 0];
        const take = (upTo: number | undefined): void => {
          if (upTo === undefined) return;
          expect(upTo).toBeGreaterThan(acknowledged);
          expect(upTo).toBeLessThan(waiting[0]?.tag ?? Infinity);
          acknowledged = upTo;
        };
        for (const act of steps) {
          if (act === 'store') {
            arrived += 1;
            waiting.push({ token: messages.store(1, arrived), tag: arrived });
          } else if (act === 'leave out') {
            arrived += 1;
            take(messages.leaveOut(arrived));
          } else take(messages.release(waiting.splice(0, 1).map(({ token }) => token)));
        }
        take(messages.release(waiting.splice(0).map(({ token }) => token)));
        expect(acknowledged).toBe(arrived);
      }),
    );
  });
});
