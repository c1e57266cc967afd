import { describe, expect, it } from 'vitest';
import { judge, median, ratios, summarize } from './statistics.ts';

describe('median', () => {
  it('is the middle value, whatever the order', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([7])).toBe(7);
  });

  it('is the mean of the two in the middle of an even number', () => {
    expect(median([1, 100, 4, 6])).toBe(5);
  });

  it('is not moved by one bad round', () => {
    expect(median([10, 11, 10, 0.1, 11])).toBe(10);
  });

  it('does not exist without values', () => {
    expect(() => median([])).toThrow(RangeError);
  });
});

describe('summarize', () => {
  it('keeps the spread beside the median', () => {
    expect(summarize([3, 1, 2])).toEqual({ median: 2, least: 1, most: 3 });
  });
});

describe('ratios', () => {
  it('compares round by round, so that a slow machine cancels out', () => {
    expect(ratios([8, 4, 2], [10, 5, 2.5])).toEqual([0.8, 0.8, 0.8]);
  });

  it('refuses contenders of different rounds', () => {
    expect(() => ratios([1, 2], [1])).toThrow(RangeError);
  });
});

describe('judge', () => {
  const rates = new Map([
    ['ours', [8, 9, 4]],
    ['theirs', [10, 10, 10]],
  ]);

  it('lets the median of the ratios decide', () => {
    const budget = { contender: 'ours', against: 'theirs', atLeast: 0.8 };
    expect(judge(budget, rates)).toEqual({
      ...budget,
      ratio: { median: 0.8, least: 0.4, most: 0.9 },
      isMet: true,
    });
    expect(judge({ ...budget, atLeast: 0.81 }, rates).isMet).toBe(false);
  });

  it('compares the rate itself when the budget names nobody else', () => {
    const judged = judge({ contender: 'ours', atLeast: 8 }, rates);
    expect(judged).toMatchObject({ ratio: { median: 8, least: 4, most: 9 }, isMet: true });
  });

  it('refuses a contender that was not measured', () => {
    expect(() => judge({ contender: 'nobody', against: 'theirs', atLeast: 1 }, rates)).toThrow(RangeError);
  });
});
