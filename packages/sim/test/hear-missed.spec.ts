import { describe, expect, it } from 'vitest';
import { hearMissed } from '../src/hear-missed.ts';
import { Ledger } from '../src/ledger.ts';
import type { SimDriver } from '../src/sim-driver.ts';

function heard(limit: number) {
  const broken: string[] = [];
  const violated = (promise: string, what: string) => void broken.push(`${promise}: ${what}`);
  const ledger = new Ledger(violated);
  const listeners: ((event: unknown) => void)[] = [];
  const ssc = { on: (_: string, listener: (event: unknown) => void) => listeners.push(listener) };
  hearMissed({ ssc, process: { isAlive: true } } as unknown as SimDriver, { ledger, violated, limit });
  const tell = (kind: string, batchCount: number) =>
    listeners[0]?.({ adjustment: { kind, batchTime: 2_000, batchCount } });
  return { broken, ledger, tell };
}

describe('reported missed batches', () => {
  it('match the limit: exactly the limit is made up for, one more is left out', () => {
    const { broken, ledger, tell } = heard(2);
    tell('made-up', 2);
    expect(ledger.lastGapEnd).toBeUndefined();
    tell('skipped', 3);
    expect(ledger.leftOutBefore(2_000)).toBe(3);
    expect(ledger.lastGapEnd).toBe(2_000);
    expect(broken).toEqual([]);
  });

  it('are wrong when the limit is left out, and when more than the limit is made up for', () => {
    const { broken, tell } = heard(2);
    tell('skipped', 2);
    tell('made-up', 3);
    expect(broken).toEqual([
      'BAT-5: 2 batches before 2000 were left out, and the limit is 2',
      'BAT-5: 3 batches before 2000 were made up for, and the limit is 2',
    ]);
  });
});
