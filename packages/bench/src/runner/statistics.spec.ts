import { describe, expect, it } from 'vitest';
import { judge, median, middleHalf, ratios, summarize } from './statistics.ts';

describe('median', () => {
  it('is the middle value in any order', () => {
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
  it('returns the spread beside the median', () => {
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

describe('middleHalf', () => {
  it('leaves out a quarter at each end', () => {
    expect(middleHalf([5, 1, 100, 2, 3])).toEqual({ low: 2, high: 5 });
    expect(middleHalf([2, 1])).toEqual({ low: 1, high: 2 });
  });
});

describe('judge', () => {
  const measured = new Map([
    ['ours', new Map([['rate', [8, 9, 4]]])],
    ['theirs', new Map([['rate', [10, 10, 10]]])],
  ]);
  const budget = { contender: 'ours', against: 'theirs', atLeast: 0.8 };

  it('lets the median of the ratios decide', () => {
    expect(judge(budget, measured)).toMatchObject({
      ratio: { median: 0.8, least: 0.4, most: 0.9 },
      isMet: true,
    });
    expect(judge({ ...budget, atLeast: 0.81 }, measured).isMet).toBe(false);
    expect(judge({ ...budget, atMost: 0.79 }, measured).isMet).toBe(false);
  });

  it('judges the figure itself when the budget names no other contender', () => {
    const judged = judge({ contender: 'ours', atLeast: 8 }, measured);
    expect(judged).toMatchObject({ ratio: { median: 8, least: 4, most: 9 }, isMet: true });
  });

  it('gives no verdict on a budget for information', () => {
    expect(judge({ contender: 'ours', against: 'theirs' }, measured)).not.toHaveProperty('isMet');
  });

  it('refuses a contender or a metric that was not measured', () => {
    expect(() => judge({ ...budget, contender: 'nobody' }, measured)).toThrow(RangeError);
    expect(() => judge({ ...budget, metric: 'heap' }, measured)).toThrow(RangeError);
  });
});
