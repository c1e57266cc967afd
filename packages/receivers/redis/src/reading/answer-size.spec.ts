import { describe, expect, it } from 'vitest';
import { AnswerSize } from './answer-size.ts';

const entries = (count: number, bytes: number) => Array.from({ length: count }, () => ({ bytes }));

describe('the number of entries to ask for', () => {
  it('grows step by step, up to a bound', () => {
    const size = new AnswerSize(1_000_000);
    const asked = Array.from({ length: 8 }, () => {
      size.learn(entries(size.count, 10));
      return size.count;
    });
    expect(asked).toEqual([32, 128, 512, 2_048, 5_000, 5_000, 5_000, 5_000]);
  });

  it('follows the largest entry, and is never 0', () => {
    const size = new AnswerSize(1_000);
    size.learn([...entries(5, 10), { bytes: 400 }]);
    expect(size.count).toBe(2);
    size.learn(entries(1, 5_000));
    expect(size.count).toBe(1);
    size.learn([]);
    expect(size.count).toBe(1);
    size.learn(entries(1, 10));
    expect(size.count).toBe(4);
  });
});
