import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { message } from '../../test/messages.ts';
import { WaitingMessages } from './waiting-messages.ts';

describe('WaitingMessages', () => {
  it('takes no message beyond its bytes', () => {
    const waiting = new WaitingMessages(1_000);
    const large = message({ payload: Buffer.alloc(700) });
    expect([waiting.add(large), waiting.add(large)]).toEqual([true, false]);
    expect(waiting.take()).toBe(large);
    expect([waiting.isEmpty, waiting.add(large)]).toEqual([true, true]);
    expect(new WaitingMessages(0).add(message())).toBe(false);
  });

  it('gives messages in the order of arrival', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 80 }), (steps) => {
        const waiting = new WaitingMessages(1_000_000);
        const expected: number[] = [];
        let next = 0;
        for (const isAdded of steps) {
          if (isAdded) {
            waiting.add(message({ messageId: next }));
            expected.push(next);
            next += 1;
          } else expect(waiting.take()?.messageId).toBe(expected.shift());
        }
        expect(waiting.isEmpty).toBe(expected.length === 0);
      }),
    );
  });
});
