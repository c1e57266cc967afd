import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SeenNonces } from './seen-nonces.ts';

describe('SeenNonces', () => {
  it('accepts each nonce once, in any order within the window', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom('a', 'b'), fc.nat(900))), (nonces) => {
        const seen = new SeenNonces();
        const model = new Set<string>();
        for (const [sender, count] of nonces) {
          expect(seen.add(sender, count)).toBe(!model.has(`${sender} ${count}`));
          model.add(`${sender} ${count}`);
        }
      }),
    );
  });

  it('accepts no nonce twice, however far counts are apart', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5_000), { maxLength: 400 }), (counts) => {
        const seen = new SeenNonces();
        const accepted = counts.filter((count) => seen.add('a', count));
        expect(new Set(accepted).size).toBe(accepted.length);
      }),
    );
  });

  it('refuses a nonce that is older than its window', () => {
    const seen = new SeenNonces();
    expect([seen.add('a', 5_000), seen.add('a', 5_000 - 1_024), seen.add('a', 5_000 - 1_023)]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('forgets the sender that was silent for longest, beyond 4,096', () => {
    const seen = new SeenNonces();
    for (let sender = 0; sender < 4_096; sender += 1) seen.add(`${sender}`, 0);
    seen.add('0', 1);
    seen.add('one more', 0);
    expect([seen.add('0', 0), seen.add('2', 0), seen.add('1', 0)]).toEqual([false, false, true]);
  });
});
