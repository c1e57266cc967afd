import { describe, expect, it } from 'vitest';
import { compareIds, FIRST_ID, idBefore, isEntryId, timestampOf } from './entry-id.ts';

describe('the id of an entry', () => {
  it('is ordered by its numbers, also above the safe integers', () => {
    const ordered = [
      '0-0',
      '0-9',
      '0-10',
      '9-0',
      '10-0',
      '9007199254740993-1',
      '9007199254740993-2',
      '18446744073709551615-0',
    ];
    expect(ordered.toReversed().toSorted(compareIds)).toEqual(ordered);
    expect(compareIds('7-7', '7-7')).toBe(0);
  });

  it('has the time of its entry', () => {
    expect(timestampOf('1717171717171-3')).toBe(1_717_171_717_171);
    expect(compareIds(idBefore(5), '5-0')).toBeLessThan(0);
    expect(compareIds(idBefore(5), '4-99999')).toBeGreaterThan(0);
    expect(idBefore(0)).toBe(FIRST_ID);
  });

  it.each(['5', '5-', '-1-0', '5-0-0', 'x-0', ' 5-0', 5, null])('is not %s', (value) => {
    expect(isEntryId(value)).toBe(false);
  });
});
