import { describe, expect, it } from 'vitest';
import { batch, type BatchOf } from '../../test/batches.ts';
import { OpenTransactions } from './open-transactions.ts';

function read(batches: readonly BatchOf[], from = 0) {
  const committed: string[] = [];
  const transactions = new OpenTransactions<string>(
    ({ value }) => (value === null || value.toString() === 'other' ? undefined : value.toString()),
    (entry) => committed.push(entry),
  );
  transactions.read(batches.map(batch), from);
  const undecided = [...transactions.undecided()].map(({ entry, offset }) => `${offset} ${entry}`);
  return { transactions, committed, undecided };
}

describe('OpenTransactions', () => {
  it('gives messages at the marker of their producer', () => {
    const { committed, undecided } = read([
      { at: 0, producer: 7, values: ['a', 'b'] },
      { at: 2, producer: 9, values: ['c'] },
      { at: 3, producer: 7, values: 'commit' },
      { at: 4, producer: 7, values: ['d'] },
    ]);
    expect(committed).toEqual(['a', 'b']);
    expect(undecided.toSorted()).toEqual(['2 c', '4 d']);
  });

  it('leaves out aborted messages, messages without a transaction and those of others', () => {
    const { committed, undecided } = read([
      { at: 0, producer: 7, values: ['a'] },
      { at: 1, producer: 7, values: 'abort' },
      { at: 2, producer: 7, values: ['other', 'b'] },
      { at: 4, producer: -1, values: ['plain'], isTransactional: false },
      { at: 5, producer: 7, values: 'commit' },
      // A marker whose messages compaction has removed.
      { at: 6, producer: 8, values: 'commit' },
    ]);
    expect(committed).toEqual(['b']);
    expect(undecided).toEqual([]);
  });

  it('reads each message once when a broker answers with a whole batch', () => {
    const first = { at: 0, producer: 7, values: ['a', 'b', 'c'] } as const;
    const { transactions, committed, undecided } = read([first], 2);
    expect(undecided).toEqual(['2 c']);
    transactions.read([first, { at: 3, producer: 7, values: 'commit' } as const].map(batch), 3);
    expect(committed).toEqual(['c']);
  });
});
