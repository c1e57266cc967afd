import { describe, expect, it } from 'vitest';
import { HeldMessages } from './held-messages.ts';

describe('HeldMessages', () => {
  it('bounds messages and bytes together', () => {
    const held = new HeldMessages({ maxMessages: 3, maxBytes: 100 });
    expect(held.take(1, 'a', 60)).toBe(true);
    expect(held.room).toEqual({ messages: 2, bytes: 40 });
    expect(held.take(2, 'b', 70)).toBe(true);
    expect(held.room).toEqual({ messages: 1, bytes: 0 });
    expect(held.release(1, 60)).toBe('a');
    expect([held.count, held.bytes, held.room]).toEqual([1, 70, { messages: 2, bytes: 30 }]);
  });

  it('holds a message that comes again once, and acknowledges its newest delivery', () => {
    const held = new HeldMessages({ maxMessages: 3, maxBytes: 100 });
    held.take(7, 'first', 10);
    expect(held.take(7, 'second', 10)).toBe(false);
    expect([held.count, held.bytes, [...held.replies()]]).toEqual([1, 10, ['second']]);
    expect(held.release(7, 10)).toBe('second');
    expect(held.release(7, 10)).toBeUndefined();
    expect([held.count, held.bytes]).toEqual([0, 0]);
  });

  it('knows an acknowledged message for two rounds', () => {
    const held = new HeldMessages({ maxMessages: 3, maxBytes: 100 });
    held.acknowledged(7);
    const known = [held.wasAcknowledged(7)];
    for (let round = 0; round < 2; round += 1) {
      held.endRound();
      known.push(held.wasAcknowledged(7));
    }
    expect(known).toEqual([true, true, false]);
  });
});
