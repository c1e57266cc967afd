import { describe, expect, it } from 'vitest';
import { accountOf, RecordAccount } from './record-account.ts';

const record = (receiver: number, index: number, intendedMs = 0) => ({
  receiver,
  index,
  intendedMs,
  storedMs: intendedMs,
  key: '',
  payload: '',
});

describe('accountOf', () => {
  it('sums up runs of numbers and intended times', () => {
    const records = [record(0, 4, 10.2), record(0, 5, 10.9), record(0, 7, 11), record(1, 8, 11)];
    expect(accountOf(records)).toEqual({
      ranges: [
        [0, 4, 5],
        [0, 7, 7],
        [1, 8, 8],
      ],
      times: [
        [10, 2],
        [11, 2],
      ],
    });
  });
});

describe('RecordAccount', () => {
  it('counts each record once, however often the record arrives', () => {
    const account = new RecordAccount();
    account.add(accountOf([record(0, 0), record(0, 1), record(1, 0)]));
    account.add(accountOf([record(0, 1), record(0, 2), record(0, 200_000)]));
    expect(account.different).toBe(5);
    expect(account.repeated).toBe(1);
  });
});
