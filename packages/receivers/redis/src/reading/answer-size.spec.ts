import { describe, expect, it } from 'vitest';
import { AnswerSize } from './answer-size.ts';

describe('the number of entries to ask for', () => {
  it('grows step by step, up to a bound', () => {
    const size = new AnswerSize(1_000_000);
    const asked = Array.from({ length: 8 }, () => {
      size.learn(10);
      return size.count;
    });
    expect(asked).toEqual([32, 128, 512, 2_048, 5_000, 5_000, 5_000, 5_000]);
  });

  it('follows the largest entry, and is never 0', () => {
    const size = new AnswerSize(1_000);
    size.learn(400);
    expect(size.count).toBe(2);
    size.learn(5_000);
    expect(size.count).toBe(1);
    size.learn(0);
    expect(size.count).toBe(1);
    size.learn(10);
    expect(size.count).toBe(4);
  });
});
